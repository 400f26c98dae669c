#include "thaw/runtime/cpu/kernel.h"

namespace thaw::cpu {
namespace {

/// Windows over an image, for Pool2D and GlobalPool2D.
class PoolKernel : public Kernel {
 public:
  PoolKernel(const ops::Pool2D& op, NodeRef node) : op_(op), node_(node) {}

  void forward(Emitter& emit) override {
    emit.set_value(node_.value, pool(emit, node_.node.shape));
  }
  void backward(Emitter& emit) override {
    pool_backward(emit, emit.gradient(node_.value, destination_));
  }

 protected:
  BufferId pool(Emitter& emit, const Shape& output) {
    const BufferId source = emit.value(node_.input(0));
    source_ = emit.program.desc(source);
    destination_ = layout_like(source_, output, emit.batch());
    const bool is_maximum = op_.kind == ops::Pool2D::Kind::maximum;
    const auto algorithm =
        is_maximum ? dnnl::algorithm::pooling_max : dnnl::algorithm::pooling_avg_exclude_padding;
    const auto prop = emit.options.training ? dnnl::prop_kind::forward_training
                                            : dnnl::prop_kind::forward_inference;
    primitive_ = {emit.program.engine(),
                  prop,
                  algorithm,
                  source_,
                  destination_,
                  strides(),
                  window(),
                  Dims{0, 0},
                  Dims{op_.padding.top, op_.padding.left},
                  Dims{op_.padding.bottom, op_.padding.right}};
    const BufferId result = emit.program.temporary(destination_);
    Program::Arguments arguments = {{DNNL_ARG_SRC, source}, {DNNL_ARG_DST, result}};
    if (is_maximum && emit.options.training) {
      workspace_ = emit.program.temporary(primitive_.workspace_desc());  // where each maximum was
      arguments.emplace_back(DNNL_ARG_WORKSPACE, workspace_);
    }
    emit.program.add(Section::forward, "Pool2D " + node_.node.name,
                     dnnl::pooling_forward(primitive_), arguments);
    return result;
  }

  void pool_backward(Emitter& emit, BufferId above) {
    const dnnl::pooling_backward::primitive_desc backward(
        emit.program.engine(), primitive_.get_algorithm(), source_, destination_, strides(),
        window(), Dims{0, 0}, Dims{op_.padding.top, op_.padding.left},
        Dims{op_.padding.bottom, op_.padding.right}, primitive_);
    const BufferId gradient = emit.program.temporary(source_);
    Program::Arguments arguments = {{DNNL_ARG_DIFF_DST, above}, {DNNL_ARG_DIFF_SRC, gradient}};
    if (workspace_.index >= 0) arguments.emplace_back(DNNL_ARG_WORKSPACE, workspace_);
    emit.program.add(Section::backward, "Pool2D gradient " + node_.node.name,
                     dnnl::pooling_backward(backward), arguments);
    emit.add_gradient(node_.input(0), gradient);
  }

  ops::Pool2D op_;
  NodeRef node_;
  Desc source_, destination_;

 private:
  Dims strides() const { return {op_.strides.height, op_.strides.width}; }
  Dims window() const { return {op_.pool_size.height, op_.pool_size.width}; }

  BufferId workspace_;
  dnnl::pooling_forward::primitive_desc primitive_;
};

class GlobalPoolKernel final : public PoolKernel {
 public:
  GlobalPoolKernel(const ops::Pool2D& op, NodeRef node) : PoolKernel(op, node) {}

  void forward(Emitter& emit) override {
    const Shape& whole = emit.shape(node_.input(0));
    op_.pool_size = {whole[0], whole[1]};
    const Shape pooled{1, 1, node_.node.shape[0]};
    const BufferId image = pool(emit, pooled);
    BufferId vector = image;
    if (const Desc dense = plain(pooled, emit.batch()); destination_ != dense) {
      vector = emit.program.temporary(dense);
      emit.program.add_reorder(Section::forward, image, vector);
    }
    emit.set_value(node_.value, emit.program.alias(vector, emit.plain_desc(node_.value)));
  }

  void backward(Emitter& emit) override {
    const Shape pooled{1, 1, node_.node.shape[0]};
    BufferId above = emit.program.alias(emit.gradient(node_.value, emit.plain_desc(node_.value)),
                                        plain(pooled, emit.batch()));
    if (emit.program.desc(above) != destination_) {
      const BufferId image = emit.program.temporary(destination_);
      emit.program.add_reorder(Section::backward, above, image);
      above = image;
    }
    pool_backward(emit, above);
  }
};

}  // namespace

template <>
std::unique_ptr<Kernel> make_kernel(const ops::Pool2D& op, NodeRef node) {
  return std::make_unique<PoolKernel>(op, node);
}

template <>
std::unique_ptr<Kernel> make_kernel(const ops::GlobalPool2D& op, NodeRef node) {
  return std::make_unique<GlobalPoolKernel>(
      ops::Pool2D{.kind = op.kind, .pool_size = {}, .strides = {}, .padding = {}}, node);
}

}  // namespace thaw::cpu
