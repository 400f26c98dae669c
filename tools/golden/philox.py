"""Philox4x32-10 (Salmon et al. 2011), number for number as thaw's src/thaw/core/random.h gives them."""

import numpy as np

MULTIPLIERS = (np.uint64(0xD2511F53), np.uint64(0xCD9E8D57))
WEYL = (0x9E3779B9, 0xBB67AE85)
LOW = np.uint64(0xFFFFFFFF)


def philox_words(count, seed, stream=0):
    """The first `count` results of Random(seed, stream).next()."""
    blocks = np.arange((count + 3) // 4, dtype=np.uint64)
    c = [blocks & LOW, blocks >> np.uint64(32),
         np.full_like(blocks, stream & 0xFFFFFFFF), np.full_like(blocks, stream >> 32)]
    key = [seed & 0xFFFFFFFF, seed >> 32]
    for _ in range(10):
        product_0, product_1 = MULTIPLIERS[0] * c[0], MULTIPLIERS[1] * c[2]
        c = [(product_1 >> np.uint64(32)) ^ c[1] ^ np.uint64(key[0]), product_1 & LOW,
             (product_0 >> np.uint64(32)) ^ c[3] ^ np.uint64(key[1]), product_0 & LOW]
        key = [(k + w) & 0xFFFFFFFF for k, w in zip(key, WEYL)]
    return np.stack(c, axis=-1).reshape(-1)[:count].astype(np.uint32)


def uniform(shape, low, high, seed, stream=0):
    """float32 numbers of Random(seed, stream).uniform(low, high), in row-major order."""
    count = int(np.prod(shape, dtype=np.int64))
    unit = (philox_words(count, seed, stream) >> np.uint32(8)).astype(np.float32) * np.float32(2**-24)
    return (np.float32(low) + (np.float32(high) - np.float32(low)) * unit).reshape(shape)
