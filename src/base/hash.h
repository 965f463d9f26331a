/* BLAKE2b with 32 bytes of result and no key (RFC 7693): what has the same hash is taken
 * for the same.
 *
 *     struct hash h;
 *     hash_begin(&h);
 *     hash_text(&h, name);           // behind its length: parts cannot run together
 *     hash_bytes(&h, data, size);
 *     hash_end(&h, out);
 */
#ifndef HASH_H
#define HASH_H

#include <stddef.h>
#include <stdint.h>

#define HASH_SIZE 32

struct hash {
    uint64_t state[8];
    uint64_t length; /* bytes taken in, without those that wait in the block */
    unsigned char block[128];
    size_t waiting;
};

void hash_begin(struct hash *h);
void hash_bytes(struct hash *h, const void *data, size_t size);
void hash_end(struct hash *h, unsigned char out[HASH_SIZE]);

/* A number as eight bytes, the same on every machine. */
void hash_number(struct hash *h, uint64_t n);
/* Bytes or a text behind their length. */
void hash_sized(struct hash *h, const void *data, size_t size);
void hash_text(struct hash *h, const char *s);

#endif
