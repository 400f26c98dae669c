#pragma once

#include "thaw/heads/algebra/standard.h"
#include "thaw/heads/linear_head.h"

namespace thaw::algebra {

/// The standardized rows z of a HeadData in at most as many columns as they need: rows ρ with the
/// same inner products, ρᵢ·ρⱼ = zᵢ·zⱼ, so that a penalized linear fit to them is the fit to z.
/// Columns of factor 0 are left out; where all are, there is one of zeros. Where fewer columns than
/// rows are left, ρ is z. Else, with K = ZZᵀ = LLᵀ (Cholesky), ρ are the rows of L; a kernel v of
/// theirs is the kernel ZᵀL⁻ᵀv of z. K gets 10⁻¹⁰ of its mean diagonal added to its diagonal, since
/// centred rows are dependent.
///
/// With more than `most` rows and columns, that many rows M chosen at random stand for
/// all (Nyström's method): ρ = Z·Z_Mᵀ·L⁻ᵀ with Z_M·Z_Mᵀ = LLᵀ, the part of z in the span of those.
class Reduced {
 public:
  /// 2500, but for very many rows no more than fit into 640 MB with them, and 500 at least.
  static int64_t most_dimensions(int64_t rows);

  /// `weights` [rows] say which rows may stand for all: those above 0.
  Reduced(const HeadData& data, Standard standard, const Vector& weights, int64_t most);
  Reduced(const HeadData& data, Standard standard, const Vector& weights)
      : Reduced(data, std::move(standard), weights, most_dimensions(data.features.shape()[0])) {}

  /// [rows, dimensions]
  const Matrix& rows() const { return rows_; }
  /// Whether there is nothing but 0 above the diagonal of rows().
  bool is_lower() const { return is_lower_; }
  /// The head on raw features with logits rows()·kernel + bias.
  LinearHead head_of(const Matrix& kernel, const Vector& bias) const;

 private:
  void reduce(const Vector& weights, int64_t most);
  /// Standardized rows of these numbers, columns first … of columns_: [numbers, count].
  Matrix standardized(const std::vector<int64_t>& numbers, size_t first, size_t count) const;

  Tensor features_;
  Standard standard_;
  std::vector<int64_t> columns_;    ///< of factor above 0
  std::vector<int64_t> landmarks_;  ///< rows that stand for all; empty where rows_ are z
  Matrix triangle_;                 ///< L of the landmarks
  Matrix rows_;
  bool is_lower_ = false;
};

}  // namespace thaw::algebra
