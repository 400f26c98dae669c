#pragma once

#include <Eigen/Core>

#include "thaw/core/tensor.h"

namespace thaw::algebra {

// Column by column in memory, as Eigen likes it best: a column is a feature or a class.
using Matrix = Eigen::MatrixXd;
using Vector = Eigen::VectorXd;

/// [rows, columns] in double precision.
Matrix matrix_of(const Tensor& tensor);
/// Rounded to float, row by row.
Tensor tensor_of(const Matrix& matrix);
/// [values], rounded to float.
Tensor tensor_of(const Vector& vector);

}  // namespace thaw::algebra
