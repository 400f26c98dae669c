#include "thaw/heads/algebra/matrix.h"

#include <cassert>

namespace thaw::algebra {
namespace {

using RowMajor = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

Eigen::Map<const RowMajor> map_of(const Tensor& tensor) {
  return {tensor.data(), tensor.shape()[0], tensor.shape()[1]};
}

}  // namespace

Matrix matrix_of(const Tensor& tensor) { return map_of(tensor).cast<double>(); }

Matrix part_of(const Tensor& tensor, int64_t row, int64_t rows, int64_t first, int64_t count) {
  return map_of(tensor).block(row, first, rows, count).cast<double>();
}

Tensor tensor_of(const Matrix& matrix) {
  Tensor tensor({matrix.rows(), matrix.cols()});
  store(matrix, tensor);
  return tensor;
}

Tensor tensor_of(const Vector& vector) {
  Tensor tensor({vector.size()});
  Eigen::Map<Eigen::VectorXf>(tensor.data(), vector.size()) = vector.cast<float>();
  return tensor;
}

void store(const Matrix& matrix, Tensor& tensor) {
  assert(tensor.elements() == matrix.size());
  Eigen::Map<RowMajor>(tensor.data(), matrix.rows(), matrix.cols()) = matrix.cast<float>();
}

}  // namespace thaw::algebra
