#include "thaw/heads/algebra/thin.h"

#include <algorithm>

namespace thaw::algebra {
namespace {

/// With more columns than that the copy is worth its time.
constexpr Eigen::Index few_columns = 24;
/// So many columns of 2000 rows fit in a second cache of 512 KiB.
constexpr Eigen::Index panel = 32;

/// Calls body(first, count) for panels of `columns`, in order or in reverse.
template <typename Body>
void for_panels(Eigen::Index columns, bool in_reverse, Body&& body) {
  const Eigen::Index panels = (columns + panel - 1) / panel;
  for (Eigen::Index i = 0; i < panels; ++i) {
    const Eigen::Index first = (in_reverse ? panels - 1 - i : i) * panel;
    body(first, std::min(panel, columns - first));
  }
}

}  // namespace

Matrix thin_product(const Matrix& a, bool is_lower, const Matrix& x) {
  if (x.cols() > few_columns) return a * x;
  Matrix result = Matrix::Zero(a.rows(), x.cols());
  for_panels(a.cols(), false, [&](Eigen::Index first, Eigen::Index count) {
    const Eigen::Index top = is_lower ? first : 0;
    const auto part = a.block(top, first, a.rows() - top, count);
    for (Eigen::Index k = 0; k < x.cols(); ++k)
      result.col(k).tail(part.rows()).noalias() += part * x.col(k).segment(first, count);
  });
  return result;
}

Matrix thin_transposed_product(const Matrix& a, bool is_lower, const Matrix& x) {
  if (x.cols() > few_columns) return a.transpose() * x;
  Matrix result(a.cols(), x.cols());
  for_panels(a.cols(), false, [&](Eigen::Index first, Eigen::Index count) {
    const Eigen::Index top = is_lower ? first : 0;
    const auto part = a.block(top, first, a.rows() - top, count);
    for (Eigen::Index k = 0; k < x.cols(); ++k)
      result.col(k).segment(first, count).noalias() = part.transpose() * x.col(k).tail(part.rows());
  });
  return result;
}

void thin_cholesky_solve(const Matrix& l, Matrix& x) {
  const auto lower = l.triangularView<Eigen::Lower>();
  if (x.cols() > few_columns) {
    lower.solveInPlace(x);
    lower.transpose().solveInPlace(x);
    return;
  }
  const Eigen::Index size = l.rows();
  for_panels(size, false, [&](Eigen::Index first, Eigen::Index count) {
    const auto corner = l.block(first, first, count, count).triangularView<Eigen::Lower>();
    const Eigen::Index below = size - first - count;
    for (Eigen::Index k = 0; k < x.cols(); ++k) {
      auto own = x.col(k).segment(first, count);
      corner.solveInPlace(own);
      x.col(k).tail(below).noalias() -= l.block(first + count, first, below, count) * own;
    }
  });
  for_panels(size, true, [&](Eigen::Index first, Eigen::Index count) {
    const auto corner = l.block(first, first, count, count).triangularView<Eigen::Lower>();
    const Eigen::Index below = size - first - count;
    for (Eigen::Index k = 0; k < x.cols(); ++k) {
      auto own = x.col(k).segment(first, count);
      own.noalias() -=
          l.block(first + count, first, below, count).transpose() * x.col(k).tail(below);
      corner.transpose().solveInPlace(own);
    }
  });
}

}  // namespace thaw::algebra
