#pragma once

/// Compiles a function once for every processor and once for those with AVX2, and picks at start.
/// Neither contracts products and sums, so both give the same bits. (Sanitizers cannot watch the
/// picking.)
#if defined(__x86_64__) && defined(__gnu_linux__) && !defined(__SANITIZE_ADDRESS__) && \
    !defined(__SANITIZE_THREAD__)
#define THAW_VECTOR_CODE __attribute__((target_clones("avx2", "default")))
#else
#define THAW_VECTOR_CODE
#endif
