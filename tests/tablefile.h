/* One file in a folder of its own, for tests of tables: `path` names it. */
#ifndef TABLEFILE_H
#define TABLEFILE_H

#include "base/file.h"
#include "base/memory.h"

#include "support.h"

#include <unistd.h>

static char *folder, *path;

static int set_up(void **state)
{
    (void)state;
    folder = mem_string("/tmp/test-table-XXXXXX");
    assert_non_null(mkdtemp(folder));
    path = file_join(folder, "table.tsv");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    remove(path);
    rmdir(folder);
    free(path);
    free(folder);
    return 0;
}

#endif
