#include "study/run.h"

struct run run_under(struct model *model, const struct whatifs *list,
                     const struct trace_options *options, struct model **twin)
{
    const struct whatif *random = whatifs_find(list, WHATIF_RANDOM);
    *twin = random ? model_random_twin(model, random->seed) : NULL;
    return (struct run){*twin ? *twin : model, list, *options};
}
