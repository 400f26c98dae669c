#include "thaw/runtime/cpu/fused_normalization.h"

namespace thaw::cpu {
namespace {

class BatchNormalizationKernel final : public Kernel {
 public:
  BatchNormalizationKernel(const ops::BatchNormalization& op, NodeRef node)
      : op_(op), node_(node), by_batch_(op.phase == ops::Phase::training), fused_(op, node) {}

  void forward(Emitter& emit) override {
    if (fused_.forward(emit)) return;
    auto flags = dnnl::normalization_flags::none;
    if (op_.has_scale) flags |= dnnl::normalization_flags::use_scale;
    if (op_.has_center) flags |= dnnl::normalization_flags::use_shift;
    if (!by_batch_) flags |= dnnl::normalization_flags::use_global_stats;
    // Normalizing by the batch needs "training" even where nobody asks for gradients.
    const auto prop = emit.options.training || by_batch_ ? dnnl::prop_kind::forward_training
                                                         : dnnl::prop_kind::forward_inference;
    source_ = emit.value(node_.input(0));
    const Desc layout = emit.program.desc(source_);
    primitive_ = {emit.program.engine(), prop, layout, layout, op_.epsilon, flags};
    vector_ = plain_vector(node_.node.shape.last());
    if (by_batch_) {
      mean_ = emit.program.temporary(vector_);
      variance_ = emit.program.temporary(vector_);
    } else {
      mean_ = moving(emit, 2);
      variance_ = moving(emit, 1);
    }
    Program::Arguments arguments = {{DNNL_ARG_SRC, source_},
                                    {DNNL_ARG_DST, emit.new_value(node_.value, layout)},
                                    {DNNL_ARG_MEAN, mean_},
                                    {DNNL_ARG_VARIANCE, variance_}};
    if (op_.has_scale) arguments.emplace_back(DNNL_ARG_SCALE, emit.parameter(gamma(), vector_));
    if (op_.has_center) arguments.emplace_back(DNNL_ARG_SHIFT, emit.parameter(beta(), vector_));
    emit.program.add(Section::forward, "BatchNormalization " + node_.node.name,
                     dnnl::batch_normalization_forward(primitive_), arguments);
    if (by_batch_) {
      add_moving_statistics(emit, op_, node_, moving(emit, 2), mean_, moving(emit, 1), variance_);
    }
  }

  void backward(Emitter& emit) override {
    if (fused_.runs()) {
      fused_.backward(emit);
      return;
    }
    const bool gamma_trains = op_.has_scale && emit.needs_gradient(gamma());
    const bool beta_trains = op_.has_center && emit.needs_gradient(beta());
    const Desc layout = emit.program.desc(source_);
    auto flags = primitive_.get_flags();
    // With a scale or a shift oneDNN 3.2 wants room for their gradients, wanted or not.
    const bool has_parameters = op_.has_scale || op_.has_center;
    const auto prop = has_parameters ? dnnl::prop_kind::backward : dnnl::prop_kind::backward_data;
    const dnnl::batch_normalization_backward::primitive_desc backward(
        emit.program.engine(), prop, layout, layout, layout, op_.epsilon, flags, primitive_);
    const BufferId gradient = emit.program.temporary(layout);
    Program::Arguments arguments = {{DNNL_ARG_SRC, source_},
                                    {DNNL_ARG_DIFF_DST, emit.gradient(node_.value, layout)},
                                    {DNNL_ARG_MEAN, mean_},
                                    {DNNL_ARG_VARIANCE, variance_},
                                    {DNNL_ARG_DIFF_SRC, gradient}};
    BufferId gamma_gradient;
    BufferId beta_gradient;
    if (op_.has_scale) {
      arguments.emplace_back(DNNL_ARG_SCALE, emit.parameter(gamma(), vector_));
      gamma_gradient = emit.program.temporary(vector_);
      arguments.emplace_back(DNNL_ARG_DIFF_SCALE, gamma_gradient);
    }
    if (op_.has_center) {
      beta_gradient = emit.program.temporary(vector_);
      arguments.emplace_back(DNNL_ARG_DIFF_SHIFT, beta_gradient);
    }
    emit.program.add(Section::backward, "BatchNormalization gradient " + node_.node.name,
                     dnnl::batch_normalization_backward(backward), arguments);
    if (gamma_trains) emit.add_parameter_gradient(gamma(), gamma_gradient, vector_);
    if (beta_trains) emit.add_parameter_gradient(beta(), beta_gradient, vector_);
    if (emit.needs_gradient(node_.input(0))) emit.add_gradient(node_.input(0), gradient);
  }

 private:
  ops::Value gamma() const { return node_.input(1); }
  ops::Value beta() const { return node_.input(op_.has_scale ? 2 : 1); }
  BufferId moving(Emitter& emit, size_t from_end) {
    return emit.parameter(node_.input(node_.node.inputs.size() - from_end), vector_);
  }

  ops::BatchNormalization op_;
  NodeRef node_;
  bool by_batch_;
  FusedNormalization fused_;
  BufferId source_, mean_, variance_;
  Desc vector_;
  dnnl::batch_normalization_forward::primitive_desc primitive_;
};

}  // namespace

template <>
std::unique_ptr<Kernel> make_kernel(const ops::BatchNormalization& op, NodeRef node) {
  return std::make_unique<BatchNormalizationKernel>(op, node);
}

}  // namespace thaw::cpu
