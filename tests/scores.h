/* Comparing scores of exams in a test. Needs the modules up to study/exam. */
#ifndef SCORES_H
#define SCORES_H

#include "study/exam.h"

#include "support.h"

/* To the bit. */
static inline void are_equal(const struct exam_score *a, const struct exam_score *b)
{
    assert_non_null(a);
    assert_non_null(b);
    assert_int_equal(a->sentences, b->sentences);
    assert_int_equal(a->right, b->right);
    assert_memory_equal(&a->exact_match, &b->exact_match, sizeof(double));
    assert_memory_equal(&a->loss, &b->loss, sizeof(double));
    assert_int_equal(a->kind_count, b->kind_count);
    for (size_t i = 0; i < a->kind_count; i++) {
        assert_string_equal(a->kinds[i].name, b->kinds[i].name);
        assert_int_equal(a->kinds[i].sentences, b->kinds[i].sentences);
        assert_int_equal(a->kinds[i].right, b->kinds[i].right);
    }
}

#endif
