/* config.json of a model, as a struct. For the family `transformer` the keys are the
 * argument names of torch.nn.Transformer (sections: "Attention Is All You Need"):
 *
 *   key                         default       meaning
 *   model_type                  -             the family; only "transformer" is read on
 *   d_model                     -             width of every row (3.1)
 *   nhead                       -             heads; divides d_model (3.2.2)
 *   num_encoder_layers          -             N (3.1)
 *   num_decoder_layers          -             N (3.1)
 *   dim_feedforward             -             d_ff (3.3)
 *   activation                  "relu"        or "gelu" (3.3)
 *   norm_first                  false         norm before each sublayer instead of after
 *   layer_norm_eps              1e-5          added to the variance
 *   scale_embedding             true          embeddings times sqrt(d_model) (3.4)
 *   position                    "sinusoidal"  or "learned" (3.5)
 *   max_positions               -             rows the model can take
 *   vocab_size                  -             sets both of the next two
 *   src_vocab_size              vocab_size
 *   tgt_vocab_size              vocab_size
 *   bos_token_id, eos_token_id  -             the same ids in both vocabularies
 *   pad_token_id                none (-1)
 *   source_eos                  true          eos is appended to source text
 *   names                       {}            our name of a weight -> that in the file
 *
 * Keys without a default are required. Unknown keys are ignored. An odd d_model is fine
 * with sinusoids: the last column is a sine. */
#ifndef CONFIG_H
#define CONFIG_H

#include "base/error.h"
#include "base/json.h"

#include <stdbool.h>
#include <stdint.h>

enum config_activation { CONFIG_RELU, CONFIG_GELU };
enum config_position { CONFIG_SINUSOIDAL, CONFIG_LEARNED };

/* Upper bounds, so that no product of two or three sizes overflows a long. */
#define CONFIG_MAX_WIDTH 65536      /* d_model */
#define CONFIG_MAX_HIDDEN 262144    /* dim_feedforward */
#define CONFIG_MAX_LAYERS 256
#define CONFIG_MAX_VOCABULARY 1000000
#define CONFIG_MAX_POSITIONS 1000000

struct config {
    char *model_type;
    /* Set for model_type "transformer", else 0. */
    int d_model, nhead, num_encoder_layers, num_decoder_layers, dim_feedforward;
    enum config_activation activation;
    bool norm_first;
    double layer_norm_eps;
    bool scale_embedding;
    enum config_position position;
    int max_positions;
    int src_vocab_size, tgt_vocab_size;
    int bos_token_id, eos_token_id, pad_token_id; /* pad: -1 for none */
    bool source_eos;
    /* Set by config_parse_random. */
    bool is_random;
    uint64_t seed;
    struct json *json; /* the whole file, for trace.json */
};

/* Reads and checks a file. A model_type other than "transformer" is kept and nothing else
 * is read: whoever knows the families decides. Caller frees with config_free. */
struct config *config_open(const char *path, struct error *e);

/* The same from text; `name` stands in errors. */
struct config *config_parse(const char *text, size_t length, const char *name,
                            struct error *e);

/* Is the name "random" or does it begin with "random:"? */
bool config_is_random(const char *model);

/* The config of an untrained model, "random" or "random:d_model=128,nhead=4,…,seed=1".
 * Every key is optional; without any: d_model 64, nhead 4, two layers on each side,
 * dim_feedforward 4 x d_model, vocab_size 100, max_positions 128, pad 0, bos 1, eos 2,
 * seed 1. */
struct config *config_parse_random(const char *model, struct error *e);

/* The name in the file of the weight that we call `name`: the one of "names" in the
 * config, else `name` itself. Borrowed. */
const char *config_name(const struct config *c, const char *name);

void config_free(struct config *c); /* NULL is fine */

#endif
