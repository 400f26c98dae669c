#include <cmath>

#include "thaw/runtime/cpu/kernel.h"

namespace thaw::cpu {
namespace {

using Kind = Activation::Kind;
using dnnl::algorithm;

// Klambauer et al. 2017, "Self-normalizing neural networks".
constexpr float selu_alpha = 1.6732632423543772F;
constexpr float selu_scale = 1.0507009873554805F;
constexpr float shrink = 0.5F;  // Keras's threshold

/// The activations that oneDNN has no name for.
float compute(const Activation& f, float x) {
  switch (f.kind) {
    case Kind::relu:
      if (x >= f.max_value) return f.max_value;
      return x >= f.threshold ? x : f.negative_slope * (x - f.threshold);
    case Kind::selu:
      return selu_scale * (x > 0 ? x : selu_alpha * std::expm1(x));
    case Kind::softsign:
      return x / (1.0F + std::abs(x));
    case Kind::tanh_shrink:
      return x - std::tanh(x);
    case Kind::soft_shrink:
      return std::abs(x) > shrink ? x - std::copysign(shrink, x) : 0.0F;
    case Kind::hard_shrink:
      return std::abs(x) > shrink ? x : 0.0F;
    case Kind::squareplus:
      return (x + std::sqrt(x * x + 4.0F)) / 2.0F;
    default:
      return x;
  }
}

float derivative(const Activation& f, float x) {
  switch (f.kind) {
    case Kind::relu:
      if (x >= f.max_value) return 0.0F;
      return x > f.threshold ? 1.0F : f.negative_slope;
    case Kind::selu:
      return selu_scale * (x > 0 ? 1.0F : selu_alpha * std::exp(x));
    case Kind::softsign:
      return 1.0F / ((1.0F + std::abs(x)) * (1.0F + std::abs(x)));
    case Kind::tanh_shrink:
      return std::tanh(x) * std::tanh(x);
    case Kind::soft_shrink:
    case Kind::hard_shrink:
      return std::abs(x) > shrink ? 1.0F : 0.0F;
    case Kind::squareplus:
      return (1.0F + x / std::sqrt(x * x + 4.0F)) / 2.0F;
    default:
      return 1.0F;
  }
}

class ActivateKernel final : public Kernel {
 public:
  ActivateKernel(const ops::Activate& op, NodeRef node)
      : activation_(op.activation), node_(node), eltwise_(eltwise_of(op.activation)) {}

  void forward(Emitter& emit) override {
    if (!eltwise_.known()) {
      forward_by_hand(emit);
      return;
    }
    source_ = emit.value(node_.input(0));
    const Desc layout = emit.program.desc(source_);
    const auto prop = emit.options.training ? dnnl::prop_kind::forward_training
                                            : dnnl::prop_kind::forward_inference;
    primitive_ = {emit.program.engine(), prop,         eltwise_.algorithm, layout, layout,
                  eltwise_.alpha,        eltwise_.beta};
    emit.program.add(
        Section::forward, "Activate " + node_.node.name, dnnl::eltwise_forward(primitive_),
        {{DNNL_ARG_SRC, source_}, {DNNL_ARG_DST, emit.new_value(node_.value, layout)}});
  }

  void backward(Emitter& emit) override {
    const Desc layout = emit.program.desc(source_);
    const BufferId gradient = emit.program.temporary(layout);
    const BufferId above = emit.gradient(node_.value, layout);
    if (eltwise_.known()) {
      const dnnl::eltwise_backward::primitive_desc backward(
          emit.program.engine(), eltwise_.algorithm, layout, layout, layout, eltwise_.alpha,
          eltwise_.beta, primitive_);
      emit.program.add(
          Section::backward, "Activate gradient " + node_.node.name,
          dnnl::eltwise_backward(backward),
          {{DNNL_ARG_SRC, source_}, {DNNL_ARG_DIFF_DST, above}, {DNNL_ARG_DIFF_SRC, gradient}});
    } else {
      emit.program.add(Section::backward, "Activate gradient " + node_.node.name,
                       {source_, above, gradient},
                       [f = activation_, count = count(emit)](const std::vector<float*>& data) {
                         for (int64_t i = 0; i < count; ++i)
                           data[2][i] = data[1][i] * derivative(f, data[0][i]);
                       });
    }
    emit.add_gradient(node_.input(0), gradient);
  }

 private:
  int64_t count(const Emitter& emit) const { return emit.batch() * node_.node.shape.elements(); }

  void forward_by_hand(Emitter& emit) {
    source_ = emit.value(node_.input(0), emit.plain_desc(node_.input(0)));
    const BufferId result = emit.new_value(node_.value, emit.plain_desc(node_.value));
    emit.program.add(Section::forward, "Activate " + node_.node.name, {source_, result},
                     [f = activation_, count = count(emit)](const std::vector<float*>& data) {
                       for (int64_t i = 0; i < count; ++i) data[1][i] = compute(f, data[0][i]);
                     });
  }

  Activation activation_;
  NodeRef node_;
  Eltwise eltwise_;
  BufferId source_;
  dnnl::eltwise_forward::primitive_desc primitive_;
};

}  // namespace

Eltwise eltwise_of(const Activation& f) {
  constexpr float sixth = 1.0F / 6.0F;
  switch (f.kind) {
    case Kind::relu:
      if (f.threshold != 0 || (f.negative_slope != 0 && std::isfinite(f.max_value))) return {};
      if (std::isfinite(f.max_value)) return {algorithm::eltwise_clip_v2, 0.0F, f.max_value};
      return {algorithm::eltwise_relu, f.negative_slope, 0.0F};
    case Kind::linear:
      return {algorithm::eltwise_linear, 1.0F, 0.0F};
    case Kind::sigmoid:
      return {algorithm::eltwise_logistic};
    case Kind::tanh:
      return {algorithm::eltwise_tanh};
    case Kind::elu:
      return {algorithm::eltwise_elu, f.negative_slope};
    case Kind::softplus:
      return {algorithm::eltwise_soft_relu, 1.0F};
    case Kind::silu:
      return {algorithm::eltwise_swish, 1.0F};
    case Kind::gelu:
      return {algorithm::eltwise_gelu_erf};
    case Kind::gelu_by_tanh:
      return {algorithm::eltwise_gelu_tanh};
    case Kind::exponential:
      return {algorithm::eltwise_exp};
    case Kind::hard_sigmoid:
      return {algorithm::eltwise_hardsigmoid, sixth, 0.5F};
    case Kind::hard_silu:
      return {algorithm::eltwise_hardswish, sixth, 0.5F};
    case Kind::hard_tanh:
      return {algorithm::eltwise_clip_v2, -1.0F, 1.0F};
    case Kind::mish:
      return {algorithm::eltwise_mish};
    case Kind::celu:
      return {algorithm::eltwise_elu, 1.0F};
    case Kind::log_sigmoid:
      return {algorithm::eltwise_soft_relu, -1.0F};
    case Kind::selu:
    case Kind::softsign:
    case Kind::softmax:
    case Kind::log_softmax:
    case Kind::tanh_shrink:
    case Kind::soft_shrink:
    case Kind::hard_shrink:
    case Kind::squareplus:
      return {};
  }
  return {};
}

void append_activation(dnnl::post_ops& operations, const Activation& activation) {
  if (activation.kind == Kind::linear) return;
  const Eltwise eltwise = eltwise_of(activation);
  operations.append_eltwise(eltwise.algorithm, eltwise.alpha, eltwise.beta);
}

dnnl::primitive_attr post_ops(bool adds_to_destination, const Activation& activation) {
  dnnl::post_ops operations;
  if (adds_to_destination) operations.append_sum(1.0F);
  append_activation(operations, activation);
  dnnl::primitive_attr attributes;
  attributes.set_post_ops(operations);
  return attributes;
}

dnnl::primitive_attr product_attributes(const Emitter& emit, bool adds_to_destination,
                                        const Activation& activation) {
  dnnl::primitive_attr attributes = post_ops(adds_to_destination, activation);
  if (emit.precision == Precision::bf16) attributes.set_fpmath_mode(dnnl::fpmath_mode::bf16);
  return attributes;
}

template <>
std::unique_ptr<Kernel> make_kernel(const ops::Activate& op, NodeRef node) {
  return std::make_unique<ActivateKernel>(op, node);
}

}  // namespace thaw::cpu
