#pragma once

#include <cstdint>
#include <cstring>

/// Compiles a function once for every processor and once for those with AVX2, and picks at start.
/// Neither contracts products and sums, so both give the same bits. (Sanitizers cannot watch the
/// picking.)
#if defined(__x86_64__) && defined(__gnu_linux__) && !defined(__SANITIZE_ADDRESS__) && \
    !defined(__SANITIZE_THREAD__)
#define THAW_VECTOR_CODE __attribute__((target_clones("avx2", "default")))
#else
#define THAW_VECTOR_CODE
#endif

/// For what such a function calls: a call would leave the code for this processor.
#define THAW_ALWAYS_INLINE inline __attribute__((always_inline))

namespace thaw::cpu {

/// Eight channels at once, however wide the processor's registers are.
using Eight = float __attribute__((vector_size(32)));
using EightMasks = int32_t __attribute__((vector_size(32)));

THAW_ALWAYS_INLINE void load(Eight& to, const float* from) { std::memcpy(&to, from, sizeof to); }
THAW_ALWAYS_INLINE void store(float* to, const Eight& from) { std::memcpy(to, &from, sizeof from); }

}  // namespace thaw::cpu
