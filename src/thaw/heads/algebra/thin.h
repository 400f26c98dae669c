#pragma once

#include "thaw/heads/algebra/matrix.h"

namespace thaw::algebra {

// Products of a large matrix with few columns. Eigen's would copy the whole of the large one into
// the order its kernel likes, which takes longer than the product; these go through it once, some
// columns at a time. `is_lower` says that nothing but 0 is above the diagonal of `a`.

/// a·x
Matrix thin_product(const Matrix& a, bool is_lower, const Matrix& x);
/// aᵀ·x
Matrix thin_transposed_product(const Matrix& a, bool is_lower, const Matrix& x);
/// x becomes (LLᵀ)⁻¹x, L being the lower triangle of `l`.
void thin_cholesky_solve(const Matrix& l, Matrix& x);

}  // namespace thaw::algebra
