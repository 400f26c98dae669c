#pragma once

#include <Eigen/Core>

#include "thaw/core/tensor.h"

namespace thaw::algebra {

// Column by column in memory, as Eigen likes it best: a column is a feature or a class.
using Matrix = Eigen::MatrixXd;
using Vector = Eigen::VectorXd;

/// [rows, columns] in double precision.
Matrix matrix_of(const Tensor& tensor);
/// Columns first … first + count − 1 of rows `row` … row + rows − 1 of [rows, columns].
Matrix part_of(const Tensor& tensor, int64_t row, int64_t rows, int64_t first, int64_t count);
/// Rounded to float, row by row.
Tensor tensor_of(const Matrix& matrix);
/// [values], rounded to float.
Tensor tensor_of(const Vector& vector);
/// Rounded to float, into a tensor of the same shape.
void store(const Matrix& matrix, Tensor& tensor);

}  // namespace thaw::algebra
