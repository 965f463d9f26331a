/* Where a lesson is on the screen: a scene, what was answered, the picture and the cell
 * of it that is looked at. The logic without the drawing. */
#ifndef LESSON_STATE_H
#define LESSON_STATE_H

#include "base/say.h"
#include "chart/chart.h"
#include "lesson/reading.h"
#include "numbers/explain.h"
#include "screen/lesson_again.h"

#include <stdbool.h>

#define LESSON_ZOOM_OPEN (-1)

enum lesson_focus { LESSON_FOCUS_TEXT, LESSON_FOCUS_PICTURE };

/* What became of the lesson, for whoever keeps it. */
struct lesson_progress {
    int scene, scenes; /* scene from 0 */
    int asked, right;
    const char *missed; /* agains_text; borrowed */
};

/* A question of the scene that is read, or one that is asked again there. */
struct lesson_asked {
    struct reading *reading;
    size_t predict;
    const struct predict *p;
    struct lesson_answer *answer;
    int again; /* the scene where it was answered wrong, from 1; 0: it is the scene's */
};

/* The picture as it is looked at: its values are pinned. */
struct lesson_picture {
    bool there;
    bool has_before;        /* own arithmetic is computed after the what-if alone */
    struct picture picture; /* the intact run's while that is shown; the cell moves */
    struct sheet sheet; /* not for the view exam */
    const struct tensor *values;
    struct colormap_range range;
    struct explanation x;
    bool explained;
    double proof, proof_limit;
};

struct lesson_state {
    struct reading *reading;           /* owned */
    struct lesson *in[LANGUAGE_COUNT]; /* owned; NULL: not in this language */
    enum language language;            /* the one that is read */
    /* of every scene and question */
    struct lesson_answer (*answers)[QUESTIONS_MOST];
    size_t scenes;
    struct agains agains;
    enum lesson_focus focus;
    size_t step; /* of the scene: see lesson_steps.h */
    int scroll;  /* rows of text above the pane */
    long choice; /* the selected choice of the open question, from 0 */
    bool before; /* the intact run's picture is shown */
    bool gloss;
    int zoom; /* CHART_ZOOM_…, or LESSON_ZOOM_OPEN: as there is room */
    enum range_by range_by;
    struct lesson_picture p;      /* the one that the cursor is in */
    struct lesson_picture beside; /* the other one of the scene; not there in most */
    int at;                       /* which of the two `p` is: 0 or 1 */
    char *message; /* until the next key; NULL for none */
    bool warning;
    void (*saved)(void *data, const struct lesson_progress *progress); /* may be NULL */
    void (*ended)(void *data); /* went on behind the last scene; NULL: it is said */
    void *data;
};

/* Takes all; the other language may be NULL. Caller frees. */
struct lesson_state *lesson_state_new(struct reading *reading,
                                      struct lesson *const in[LANGUAGE_COUNT]);
void lesson_state_free(struct lesson_state *s);

void lesson_go(struct lesson_state *s, int scene);
/* The language of the program, where the lesson has it. */
void lesson_follow_language(struct lesson_state *s);
/* NULL: the lesson's. On another sentence every question is asked again. */
void lesson_set_text(struct lesson_state *s, const char *text);
void lesson_slide(struct lesson_state *s, int steps);
void lesson_show_before(struct lesson_state *s, bool before); /* where there is one */

/* The questions in this scene: its own, then those asked again; and the index-th. */
size_t lesson_questions(const struct lesson_state *s);
struct lesson_asked lesson_asked(const struct lesson_state *s, size_t index);
/* The first one without an answer, or -1. */
int lesson_open_question(const struct lesson_state *s);
int lesson_answer_of(const struct lesson_asked *a);
/* Answers the open question: a choice from 0, or ANSWER_SHOWN. */
void lesson_answer(struct lesson_state *s, int choice);

/* The open question wants a number to be typed. */
bool lesson_wants_number(const struct lesson_state *s);
/* A digit, '-' or '.' is written behind the number; 0 takes the last one away. False
 * when there is nothing to do. */
bool lesson_type(struct lesson_state *s, char c);
/* Answers with the number that stands there; false when it is none yet. */
bool lesson_answer_number(struct lesson_state *s);

/* What is to be asked again from an earlier time (agains_text), before the first scene
 * is left. */
void lesson_set_missed(struct lesson_state *s, const char *missed);

/* The cursor goes to the other picture of the scene; false where there is none. */
bool lesson_turn_picture(struct lesson_state *s);

/* Whether the block can be seen: nothing behind an open question can. */
bool lesson_shows_block(const struct lesson_state *s, size_t block);
/* The same of a question; those asked again stand behind all that is the scene's. */
bool lesson_shows_question(const struct lesson_state *s, size_t index);
/* The picture is there and its place in the text can be seen. */
bool lesson_shows_picture(const struct lesson_state *s);

/* The picture of the scene is one of exams. */
bool lesson_shows_exam(const struct lesson_state *s);

void lesson_move_to(struct lesson_state *s, struct place at); /* clamped */

/* Works on the exams of the scene; false when nothing is left. */
bool lesson_work(struct lesson_state *s, int milliseconds);

void lesson_say(struct lesson_state *s, bool warning, const char *message); /* copies */

#endif
