#include <cmath>
#include <span>

#include "thaw/core/random.h"
#include "thaw/runtime/cpu/kernel.h"

namespace thaw::cpu {
namespace {

using Sizes = std::span<const int64_t>;

int64_t product(Sizes sizes) {
  int64_t result = 1;
  for (const int64_t size : sizes) result *= size;
  return result;
}

/// y = x·factors, where the sizes of 1 in `drawn`, the factors' shape, are repeated to x's.
void scale(Sizes sizes, Sizes drawn, const float* x, const float* factors, float* y) {
  if (sizes.size() == 1) {
    const int64_t step = drawn[0] == 1 ? 0 : 1;
    for (int64_t i = 0; i < sizes[0]; ++i) y[i] = x[i] * factors[i * step];
    return;
  }
  const int64_t part = product(sizes.subspan(1));
  const int64_t step = drawn[0] == 1 ? 0 : product(drawn.subspan(1));
  for (int64_t i = 0; i < sizes[0]; ++i)
    scale(sizes.subspan(1), drawn.subspan(1), x + i * part, factors + i * step, y + i * part);
}

/// What a dropped and a kept element are moved by after the scaling, and the scale of the kept.
struct Moments {
  float dropped = 0.0F;
  float kept = 0.0F;
  float scale = 1.0F;
};

Moments moments_of(const ops::Dropout& op) {
  if (!op.keeps_moments) return {.scale = op.rate < 1.0F ? 1.0F / (1.0F - op.rate) : 0.0F};
  constexpr float saturated = -1.7580993408473766F;
  const float a = 1.0F / std::sqrt((1.0F - op.rate) * (1.0F + op.rate * saturated * saturated));
  const float b = -a * saturated * op.rate;
  return {.dropped = a * saturated + b, .kept = b, .scale = a};
}

/// What is drawn is a function of (seed, step, layer, element), so a resumed run draws what an
/// uninterrupted one would have drawn.
class DropoutKernel final : public Kernel {
 public:
  DropoutKernel(const ops::Dropout& op, NodeRef node) : op_(op), node_(node) {}

  void forward(Emitter& emit) override {
    choose_layout(emit);
    const BufferId source = emit.value(node_.input(0), layout_);
    factors_ = emit.program.temporary(plain_vector(emit.batch() * product(drawn_)));
    const BufferId result = emit.new_value(node_.value, layout_);
    emit.program.add(Section::forward, "Dropout " + node_.node.name, {factors_},
                     [rate = op_.rate, kept = moments_of(op_).scale, seed = emit.options.seed,
                      step = emit.step_handle(), layer = static_cast<uint64_t>(node_.value.index),
                      count = emit.batch() * product(drawn_)](const std::vector<float*>& data) {
                       Random random(seed, random_stream(*step, layer));
                       for (int64_t i = 0; i < count; ++i)
                         data[0][i] = random.uniform() < rate ? 0.0F : kept;
                     });
    add_scaling(emit, Section::forward, source, result);
    if (!op_.keeps_moments) return;
    emit.program.add(Section::forward, "Dropout's moments of " + node_.node.name,
                     {factors_, result},
                     [moments = moments_of(op_),
                      count = emit.batch() * product(drawn_)](const std::vector<float*>& data) {
                       for (int64_t i = 0; i < count; ++i)
                         data[1][i] += data[0][i] == 0 ? moments.dropped : moments.kept;
                     });
  }

  void backward(Emitter& emit) override {
    const BufferId gradient = emit.program.temporary(layout_);
    add_scaling(emit, Section::backward, emit.gradient(node_.value, layout_), gradient);
    emit.add_gradient(node_.input(0), gradient);
  }

 private:
  /// Where a sample has one number, its layout does not matter.
  void choose_layout(const Emitter& emit) {
    const Shape& shape = node_.node.shape;
    const Shape& drawn = op_.drawn.rank() > 0 ? op_.drawn : shape;
    if (drawn.elements() == 1) {
      layout_ = emit.program.desc(emit.value(node_.input(0)));
      sizes_ = {static_cast<int64_t>(layout_.get_size() / sizeof(float)) / emit.batch()};
      drawn_ = {1};
    } else {
      layout_ = emit.plain_desc(node_.value);
      sizes_.assign(shape.sizes().begin(), shape.sizes().end());
      drawn_.assign(drawn.sizes().begin(), drawn.sizes().end());
    }
  }

  void add_scaling(Emitter& emit, Section section, BufferId from, BufferId to) const {
    emit.program.add(
        section, "Dropout of " + node_.node.name, {from, factors_, to},
        [sizes = sizes_, drawn = drawn_, batch = emit.batch()](const std::vector<float*>& data) {
          const int64_t sample = product(sizes);
          const int64_t factors = product(drawn);
#pragma omp parallel for schedule(static)
          for (int64_t i = 0; i < batch; ++i) {
            scale(sizes, drawn, data[0] + i * sample, data[1] + i * factors, data[2] + i * sample);
          }
        });
  }

  ops::Dropout op_;
  NodeRef node_;
  Desc layout_;
  std::vector<int64_t> sizes_, drawn_;  ///< of a sample
  BufferId factors_;
};

}  // namespace

template <>
std::unique_ptr<Kernel> make_kernel(const ops::Dropout& op, NodeRef node) {
  return std::make_unique<DropoutKernel>(op, node);
}

}  // namespace thaw::cpu
