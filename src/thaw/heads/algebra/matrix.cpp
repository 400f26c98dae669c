#include "thaw/heads/algebra/matrix.h"

namespace thaw::algebra {
namespace {

using RowMajor = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

}  // namespace

Matrix matrix_of(const Tensor& tensor) {
  return Eigen::Map<const RowMajor>(tensor.data(), tensor.shape()[0], tensor.shape()[1])
      .cast<double>();
}

Tensor tensor_of(const Matrix& matrix) {
  Tensor tensor({matrix.rows(), matrix.cols()});
  Eigen::Map<RowMajor>(tensor.data(), matrix.rows(), matrix.cols()) = matrix.cast<float>();
  return tensor;
}

Tensor tensor_of(const Vector& vector) {
  Tensor tensor({vector.size()});
  Eigen::Map<Eigen::VectorXf>(tensor.data(), vector.size()) = vector.cast<float>();
  return tensor;
}

}  // namespace thaw::algebra
