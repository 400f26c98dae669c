#include <algorithm>
#include <cmath>

#include "thaw/core/error.h"
#include "thaw/runtime/cpu/kernel.h"

namespace thaw::cpu {
namespace {

/// As Keras's normalize() does it.
void set_length_one(std::vector<double>& vector) {
  double squares = 0;
  for (const double number : vector) squares += number * number;
  const double scale = 1.0 / std::sqrt(std::max(squares, 1e-14));
  for (double& number : vector) number *= scale;
}

struct Matrix {
  float* values = nullptr;
  int64_t rows = 0;
  int64_t columns = 0;
};

std::vector<double> times_transposed(const std::vector<double>& u, const Matrix& w) {
  std::vector<double> result(static_cast<size_t>(w.rows));
  for (int64_t i = 0; i < w.rows; ++i)
    for (int64_t j = 0; j < w.columns; ++j)
      result[static_cast<size_t>(i)] +=
          u[static_cast<size_t>(j)] * double{w.values[i * w.columns + j]};
  return result;
}

std::vector<double> times(const std::vector<double>& v, const Matrix& w) {
  std::vector<double> result(static_cast<size_t>(w.columns));
  for (int64_t i = 0; i < w.rows; ++i)
    for (int64_t j = 0; j < w.columns; ++j)
      result[static_cast<size_t>(j)] +=
          v[static_cast<size_t>(i)] * double{w.values[i * w.columns + j]};
  return result;
}

void normalize(const Matrix& w, int64_t power_iterations, float* direction) {
  const int64_t count = w.rows * w.columns;
  if (std::all_of(w.values, w.values + count, [](float x) { return x == 0; })) return;
  std::vector<double> u(direction, direction + w.columns);
  std::vector<double> v;
  for (int64_t i = 0; i < power_iterations; ++i) {
    v = times_transposed(u, w);
    set_length_one(v);
    u = times(v, w);
    set_length_one(u);
  }
  const std::vector<double> stretched = times(v, w);
  double sigma = 0;
  for (size_t j = 0; j < u.size(); ++j) sigma += stretched[j] * u[j];
  for (int64_t e = 0; e < count; ++e) w.values[e] = static_cast<float>(double{w.values[e]} / sigma);
  for (size_t j = 0; j < u.size(); ++j) direction[j] = static_cast<float>(u[j]);
}

class SpectralNormalizationKernel final : public Kernel {
 public:
  SpectralNormalizationKernel(const ops::SpectralNormalization& op, NodeRef node)
      : op_(op), node_(node) {}

  void forward(Emitter& emit) override {
    emit.set_value(node_.value, emit.value(node_.input(0)));
    const Shape& shape = emit.shape(node_.input(1));
    const int64_t columns = shape.last();
    const int64_t rows = shape.elements() / columns;
    const BufferId kernel = emit.changing_parameter(node_.input(1), plain_vector(rows * columns));
    const BufferId direction = emit.parameter(node_.input(2), plain_vector(columns));
    emit.program.add(Section::forward, "SpectralNormalization " + node_.node.name,
                     {kernel, direction},
                     [rows, columns, iterations = op_.power_iterations](const auto& data) {
                       normalize({data[0], rows, columns}, iterations, data[1]);
                     });
  }

  void backward(Emitter& emit) override {
    if (emit.needs_gradient(node_.input(0)))
      emit.add_gradient(node_.input(0), emit.gradient(node_.value));
  }

 private:
  ops::SpectralNormalization op_;
  NodeRef node_;
};

}  // namespace

template <>
std::unique_ptr<Kernel> make_kernel(const ops::SpectralNormalization& op, NodeRef node) {
  return std::make_unique<SpectralNormalizationKernel>(op, node);
}

}  // namespace thaw::cpu
