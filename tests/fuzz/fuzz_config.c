/* A config.json, or with "random" in front the name of an untrained model. */
#include "fuzz.h"

#include "model/families.h"

static void check_transformer(const struct config *c)
{
    double d_model = config_own(c, "d_model"), nhead = config_own(c, "nhead");
    double num_encoder_layers = config_own(c, "num_encoder_layers");
    double num_decoder_layers = config_own(c, "num_decoder_layers");
    double dim_feedforward = config_own(c, "dim_feedforward");
    double activation = config_own(c, "activation"), position = config_own(c, "position");
    double layer_norm_eps = config_own(c, "layer_norm_eps");
    PROMISE(d_model >= 1 && d_model <= CONFIG_MAX_WIDTH);
    PROMISE(nhead >= 1 && (int)d_model % (int) nhead == 0);
    PROMISE(num_encoder_layers >= 1 && num_encoder_layers <= CONFIG_MAX_LAYERS);
    PROMISE(num_decoder_layers >= 1 && num_decoder_layers <= CONFIG_MAX_LAYERS);
    PROMISE(dim_feedforward >= 1 && dim_feedforward <= CONFIG_MAX_HIDDEN);
    PROMISE(activation == 0 || activation == 1);
    PROMISE(position >= 0 && position <= 2);
    PROMISE(layer_norm_eps > 0 && layer_norm_eps <= 1);
}

static void check_rnn(const struct config *c)
{
    double d_model = config_own(c, "d_model"), hidden = config_own(c, "hidden_size");
    double layers = config_own(c, "num_encoder_layers");
    PROMISE(d_model >= 1 && d_model <= CONFIG_MAX_WIDTH);
    PROMISE(hidden >= 0 && hidden <= CONFIG_MAX_WIDTH);
    PROMISE(layers >= 1 && layers <= CONFIG_MAX_LAYERS);
    PROMISE(config_own(c, "num_decoder_layers") == layers);
    PROMISE(!c->is_random || hidden == d_model);
}

static void check_common(const struct config *c)
{
    int smaller = c->src_vocab_size < c->tgt_vocab_size ? c->src_vocab_size
                                                        : c->tgt_vocab_size;
    PROMISE(c->max_positions >= 1 && c->max_positions <= CONFIG_MAX_POSITIONS);
    PROMISE(smaller >= 1 && c->src_vocab_size <= CONFIG_MAX_VOCABULARY);
    PROMISE(c->tgt_vocab_size <= CONFIG_MAX_VOCABULARY);
    PROMISE(c->bos_token_id >= 0 && c->bos_token_id < smaller);
    PROMISE(c->eos_token_id >= -1 && c->eos_token_id < smaller);
    PROMISE(c->end_count <= CONFIG_MAX_ENDS);
    PROMISE(config_ends(c, c->eos_token_id) == (c->end_count > 0));
    for (int i = 0; i < c->end_count; i++)
        PROMISE(c->ends[i] >= 0 && c->ends[i] < smaller);
    PROMISE(c->pad_token_id >= -1 && c->pad_token_id < smaller);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct error e = {0};
    char *text = mem_bytes((const char *)data, size);
    bool random = config_is_random(text);
    char *settings = random ? text + strlen("random") : text;
    settings += random && *settings == ':';
    const struct family *family = random ? family_cut(settings, &e) : NULL;
    struct config *c =
        family   ? config_parse_random(settings, &family->config, &e)
        : random ? NULL
                 : config_parse((const char *)data, size, "fuzz", family_schema, &e);
    promise_outcome(!c, &e);
    if (c) {
        PROMISE(c->model_type && c->json && c->is_random == random);
        PROMISE(config_name(c, "src_embedding.weight")[0]);
        check_common(c);
        if (strcmp(c->model_type, "transformer") == 0)
            check_transformer(c);
        else
            check_rnn(c);
    }
    config_free(c);
    free(text);
    return 0;
}
