/* A config.json, or with "random" in front the name of an untrained model. */
#include "fuzz.h"

#include "model/config.h"

static void check_transformer(const struct config *c)
{
    int smaller = c->src_vocab_size < c->tgt_vocab_size ? c->src_vocab_size
                                                        : c->tgt_vocab_size;
    PROMISE(c->d_model >= 1 && c->d_model <= CONFIG_MAX_WIDTH);
    PROMISE(c->nhead >= 1 && c->d_model % c->nhead == 0);
    PROMISE(c->num_encoder_layers >= 1 && c->num_encoder_layers <= CONFIG_MAX_LAYERS);
    PROMISE(c->num_decoder_layers >= 1 && c->num_decoder_layers <= CONFIG_MAX_LAYERS);
    PROMISE(c->dim_feedforward >= 1 && c->dim_feedforward <= CONFIG_MAX_HIDDEN);
    PROMISE(c->activation == CONFIG_RELU || c->activation == CONFIG_GELU);
    PROMISE(c->position == CONFIG_SINUSOIDAL || c->position == CONFIG_LEARNED);
    PROMISE(c->layer_norm_eps > 0 && c->layer_norm_eps <= 1);
    PROMISE(c->max_positions >= 1 && c->max_positions <= CONFIG_MAX_POSITIONS);
    PROMISE(smaller >= 1 && c->src_vocab_size <= CONFIG_MAX_VOCABULARY);
    PROMISE(c->tgt_vocab_size <= CONFIG_MAX_VOCABULARY);
    PROMISE(c->bos_token_id >= 0 && c->bos_token_id < smaller);
    PROMISE(c->eos_token_id >= 0 && c->eos_token_id < smaller);
    PROMISE(c->pad_token_id >= -1 && c->pad_token_id < smaller);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct error e = {0};
    char *text = mem_bytes((const char *)data, size);
    bool random = config_is_random(text);
    struct config *c = random ? config_parse_random(text, &e)
                              : config_parse((const char *)data, size, "fuzz", &e);
    promise_outcome(!c, &e);
    if (c) {
        PROMISE(c->model_type && c->json && c->is_random == random);
        PROMISE(config_name(c, "src_embedding.weight")[0]);
        if (strcmp(c->model_type, "transformer") == 0)
            check_transformer(c);
    }
    config_free(c);
    free(text);
    return 0;
}
