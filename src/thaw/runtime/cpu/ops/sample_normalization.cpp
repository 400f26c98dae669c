#include <algorithm>
#include <cmath>

#include "thaw/runtime/cpu/kernel.h"
#include "thaw/runtime/cpu/numerics/vector_code.h"

namespace thaw::cpu {
namespace {

/// What is normalized: units of rows of channels, each unit and group of channels by itself. A unit
/// is a sample, or a pixel of one.
struct Units {
  int64_t count = 0;
  int64_t rows = 0;
  int64_t channels = 0;
  int64_t groups = 0;

  int64_t width() const { return channels / groups; }
  int64_t size() const { return rows * channels; }
  double numbers() const { return static_cast<double>(rows * width()); }
};

/// sums[c] += Σ x over the rows.
THAW_VECTOR_CODE void add_rows(const float* x, int64_t rows, int64_t channels, double* sums) {
  for (int64_t r = 0; r < rows; ++r, x += channels)
    for (int64_t c = 0; c < channels; ++c) sums[c] += double{x[c]};
}

/// sums[c] += Σ (x − mean[c])² over the rows.
THAW_VECTOR_CODE void add_squares(const float* x, int64_t rows, int64_t channels,
                                  const double* mean, double* sums) {
  for (int64_t r = 0; r < rows; ++r, x += channels) {
    for (int64_t c = 0; c < channels; ++c) {
      const double d = double{x[c]} - mean[c];
      sums[c] += d * d;
    }
  }
}

/// y = x·scale + offset, one number of each a channel.
THAW_VECTOR_CODE void scale_rows(const float* x, int64_t rows, int64_t channels, const float* scale,
                                 const float* offset, float* y) {
  for (int64_t r = 0; r < rows; ++r, x += channels, y += channels)
    for (int64_t c = 0; c < channels; ++c) y[c] = x[c] * scale[c] + offset[c];
}

/// sums[c] += Σ g, products[c] += Σ g·(x − mean[c])·inverse[c] over the rows.
THAW_VECTOR_CODE void add_gradients(const float* x, const float* g, int64_t rows, int64_t channels,
                                    const float* mean, const float* inverse, double* sums,
                                    double* products) {
  for (int64_t r = 0; r < rows; ++r, x += channels, g += channels) {
    for (int64_t c = 0; c < channels; ++c) {
      sums[c] += double{g[c]};
      products[c] += double{g[c]} * double{(x[c] - mean[c]) * inverse[c]};
    }
  }
}

/// d = g·a + (x − mean)·b + offset, one number of each a channel.
THAW_VECTOR_CODE void combine_rows(const float* x, const float* g, int64_t rows, int64_t channels,
                                   const float* mean, const float* a, const float* b,
                                   const float* offset, float* d) {
  for (int64_t r = 0; r < rows; ++r, x += channels, g += channels, d += channels)
    for (int64_t c = 0; c < channels; ++c) d[c] = g[c] * a[c] + (x[c] - mean[c]) * b[c] + offset[c];
}

/// Σ values, in an order that does not depend on the processor.
double total(const double* values, int64_t count) {
  double lanes[4] = {};
  int64_t i = 0;
  for (; i + 4 <= count; i += 4)
    for (int64_t lane = 0; lane < 4; ++lane) lanes[lane] += values[i + lane];
  for (; i < count; ++i) lanes[0] += values[i];
  return (lanes[0] + lanes[1]) + (lanes[2] + lanes[3]);
}

/// Normalizes units one after another; one of these for each thread's share.
class Forward {
 public:
  Forward(const Units& units, float epsilon, const float* gamma, const float* beta)
      : units_(units),
        epsilon_(epsilon),
        gamma_(gamma),
        beta_(beta),
        sums_(static_cast<size_t>(units.channels)),
        means_(sums_.size()),
        scale_(sums_.size()),
        offset_(sums_.size()) {}

  /// `statistics` holds mean and 1/deviation of each group.
  void run(const float* x, float* y, float* statistics) {
    std::ranges::fill(sums_, 0.0);
    add_rows(x, units_.rows, units_.channels, sums_.data());
    for (int64_t g = 0; g < units_.groups; ++g) {
      const double mean = total(sums_.data() + g * units_.width(), units_.width());
      std::fill_n(means_.begin() + g * units_.width(), units_.width(), mean / units_.numbers());
    }
    std::ranges::fill(sums_, 0.0);
    add_squares(x, units_.rows, units_.channels, means_.data(), sums_.data());
    for (int64_t g = 0; g < units_.groups; ++g) {
      const int64_t first = g * units_.width();
      const double variance = total(sums_.data() + first, units_.width()) / units_.numbers();
      const double inverse = 1.0 / std::sqrt(variance + double{epsilon_});
      const double mean = means_[static_cast<size_t>(first)];
      statistics[2 * g] = static_cast<float>(mean);
      statistics[2 * g + 1] = static_cast<float>(inverse);
      for (int64_t c = first; c < first + units_.width(); ++c) {
        const double scale = gamma_ != nullptr ? inverse * double{gamma_[c]} : inverse;
        const double center = beta_ != nullptr ? double{beta_[c]} : 0.0;
        scale_[static_cast<size_t>(c)] = static_cast<float>(scale);
        offset_[static_cast<size_t>(c)] = static_cast<float>(center - mean * scale);
      }
    }
    scale_rows(x, units_.rows, units_.channels, scale_.data(), offset_.data(), y);
  }

 private:
  Units units_;
  float epsilon_;
  const float* gamma_;
  const float* beta_;
  std::vector<double> sums_, means_;
  std::vector<float> scale_, offset_;
};

/// Gradients of units one after another, and their part of gamma's and beta's.
class Backward {
 public:
  std::vector<double> gamma_gradient, beta_gradient;

  Backward(const Units& units, const float* gamma)
      : gamma_gradient(static_cast<size_t>(units.channels)),
        beta_gradient(gamma_gradient.size()),
        units_(units),
        gamma_(gamma),
        sums_(gamma_gradient.size()),
        products_(gamma_gradient.size()),
        mean_(gamma_gradient.size()),
        a_(gamma_gradient.size()),
        b_(gamma_gradient.size()),
        offset_(gamma_gradient.size()) {}

  void run(const float* x, const float* above, const float* statistics, float* gradient) {
    for (int64_t c = 0; c < units_.channels; ++c) {
      const int64_t g = c / units_.width();
      mean_[static_cast<size_t>(c)] = statistics[2 * g];
      a_[static_cast<size_t>(c)] = statistics[2 * g + 1];
    }
    std::ranges::fill(sums_, 0.0);
    std::ranges::fill(products_, 0.0);
    add_gradients(x, above, units_.rows, units_.channels, mean_.data(), a_.data(), sums_.data(),
                  products_.data());
    for (size_t c = 0; c < sums_.size(); ++c) {
      gamma_gradient[c] += products_[c];
      beta_gradient[c] += sums_[c];
      if (gamma_ == nullptr) continue;
      sums_[c] *= double{gamma_[c]};
      products_[c] *= double{gamma_[c]};
      a_[c] *= gamma_[c];
    }
    for (int64_t g = 0; g < units_.groups; ++g) {
      const int64_t first = g * units_.width();
      const double inverse = double{statistics[2 * g + 1]};
      const double sum = total(sums_.data() + first, units_.width()) / units_.numbers();
      const double product = total(products_.data() + first, units_.width()) / units_.numbers();
      std::fill_n(b_.begin() + first, units_.width(),
                  static_cast<float>(-inverse * inverse * product));
      std::fill_n(offset_.begin() + first, units_.width(), static_cast<float>(-inverse * sum));
    }
    combine_rows(x, above, units_.rows, units_.channels, mean_.data(), a_.data(), b_.data(),
                 offset_.data(), gradient);
  }

 private:
  Units units_;
  const float* gamma_;
  std::vector<double> sums_, products_;
  std::vector<float> mean_, a_, b_, offset_;
};

/// Units are taken in this many shares, whatever the number of threads, so that sums over them are
/// the same for any.
constexpr int64_t shares = 32;

struct Share {
  int64_t first, end;
};
Share share(int64_t index, int64_t count) {
  return {index * count / shares, (index + 1) * count / shares};
}

class SampleNormalizationKernel final : public Kernel {
 public:
  SampleNormalizationKernel(const ops::SampleNormalization& op, NodeRef node)
      : op_(op), node_(node) {}

  void forward(Emitter& emit) override {
    const Shape& shape = node_.node.shape;
    const int64_t pixels = shape.elements() / std::max<int64_t>(shape.last(), 1);
    units_ = {.count = emit.batch() * (op_.by_pixel ? pixels : 1),
              .rows = op_.by_pixel ? 1 : pixels,
              .channels = shape.last(),
              .groups = op_.groups};
    const Desc layout = emit.plain_desc(node_.value);
    source_ = emit.value(node_.input(0), layout);
    statistics_ = emit.program.temporary(plain_vector(units_.count * units_.groups * 2));
    std::vector<BufferId> buffers = {source_, emit.new_value(node_.value, layout), statistics_};
    add_parameters(emit, buffers);
    emit.program.add(Section::forward, "SampleNormalization " + node_.node.name, std::move(buffers),
                     [op = op_, units = units_](const std::vector<float*>& data) {
                       const float* gamma = op.has_scale ? data[3] : nullptr;
                       const float* beta = op.has_center ? data[op.has_scale ? 4 : 3] : nullptr;
#pragma omp parallel for schedule(static)
                       for (int64_t i = 0; i < shares; ++i) {
                         Forward step(units, op.epsilon, gamma, beta);
                         const auto [first, end] = share(i, units.count);
                         for (int64_t u = first; u < end; ++u)
                           step.run(data[0] + u * units.size(), data[1] + u * units.size(),
                                    data[2] + u * units.groups * 2);
                       }
                     });
  }

  void backward(Emitter& emit) override {
    const Desc layout = emit.plain_desc(node_.value);
    const BufferId gradient = emit.program.temporary(layout);
    const Desc parameter = plain_vector(units_.channels);
    const BufferId parts = emit.program.temporary(plain_vector(shares * 2 * units_.channels));
    const BufferId gamma_gradient = emit.program.temporary(parameter);
    const BufferId beta_gradient = emit.program.temporary(parameter);
    std::vector<BufferId> buffers = {source_,      statistics_, emit.gradient(node_.value, layout),
                                     gradient,     parts,       gamma_gradient,
                                     beta_gradient};
    add_parameters(emit, buffers);
    emit.program.add(Section::backward, "SampleNormalization gradient " + node_.node.name,
                     std::move(buffers),
                     [has_scale = op_.has_scale, units = units_](const std::vector<float*>& data) {
                       run_backward(units, has_scale ? data[7] : nullptr, data);
                     });
    emit.add_gradient(node_.input(0), gradient);
    if (op_.has_scale && emit.needs_gradient(gamma()))
      emit.add_parameter_gradient(gamma(), gamma_gradient, parameter);
    if (op_.has_center && emit.needs_gradient(beta()))
      emit.add_parameter_gradient(beta(), beta_gradient, parameter);
  }

 private:
  ops::Value gamma() const { return node_.input(1); }
  ops::Value beta() const { return node_.input(op_.has_scale ? 2 : 1); }

  void add_parameters(Emitter& emit, std::vector<BufferId>& buffers) const {
    const Desc vector = plain_vector(units_.channels);
    if (op_.has_scale) buffers.push_back(emit.parameter(gamma(), vector));
    if (op_.has_center) buffers.push_back(emit.parameter(beta(), vector));
  }

  /// data: x, statistics, the gradient above, x's gradient, the shares' parts of gamma's and beta's
  /// gradients, those themselves.
  static void run_backward(const Units& units, const float* gamma,
                           const std::vector<float*>& data) {
    const int64_t channels = units.channels;
#pragma omp parallel for schedule(static)
    for (int64_t i = 0; i < shares; ++i) {
      Backward step(units, gamma);
      const auto [first, end] = share(i, units.count);
      for (int64_t u = first; u < end; ++u) {
        const int64_t offset = u * units.size();
        step.run(data[0] + offset, data[2] + offset, data[1] + u * units.groups * 2,
                 data[3] + offset);
      }
      float* part = data[4] + i * 2 * channels;
      std::ranges::copy(step.gamma_gradient, part);
      std::ranges::copy(step.beta_gradient, part + channels);
    }
    for (int64_t c = 0; c < channels; ++c) {
      double gamma_sum = 0;
      double beta_sum = 0;
      for (int64_t i = 0; i < shares; ++i) {
        gamma_sum += double{data[4][i * 2 * channels + c]};
        beta_sum += double{data[4][(i * 2 + 1) * channels + c]};
      }
      data[5][c] = static_cast<float>(gamma_sum);
      data[6][c] = static_cast<float>(beta_sum);
    }
  }

  ops::SampleNormalization op_;
  NodeRef node_;
  Units units_;
  BufferId source_, statistics_;
};

}  // namespace

template <>
std::unique_ptr<Kernel> make_kernel(const ops::SampleNormalization& op, NodeRef node) {
  return std::make_unique<SampleNormalizationKernel>(op, node);
}

}  // namespace thaw::cpu
