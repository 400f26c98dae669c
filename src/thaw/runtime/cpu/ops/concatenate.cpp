#include "thaw/runtime/cpu/kernel.h"

namespace thaw::cpu {
namespace {

class ConcatenateKernel final : public Kernel {
 public:
  ConcatenateKernel(const ops::Concatenate& op, NodeRef node)
      // oneDNN's axes are (batch, channels, the rest); ours end with the channels.
      : axis_(op.axis == node.node.shape.rank() - 1 ? 1 : op.axis + 2), node_(node) {}

  void forward(Emitter& emit) override {
    std::vector<Desc> descs;
    Program::Arguments arguments;
    for (size_t i = 0; i < node_.node.inputs.size(); ++i) {
      const BufferId source = emit.value(node_.input(i));
      descs.push_back(emit.program.desc(source));
      arguments.emplace_back(DNNL_ARG_MULTIPLE_SRC + static_cast<int>(i), source);
    }
    const Desc layout = layout_like(descs[0], node_.node.shape, emit.batch());
    const dnnl::concat::primitive_desc primitive(emit.program.engine(), layout, axis_, descs);
    arguments.emplace_back(DNNL_ARG_DST, emit.new_value(node_.value, layout));
    emit.program.add(Section::forward, "Concatenate " + node_.node.name, dnnl::concat(primitive),
                     arguments);
  }

  void backward(Emitter& emit) override {
    const Desc layout = emit.plain_desc(node_.value);
    const BufferId above = emit.gradient(node_.value, layout);
    Dims offset(layout.get_dims().size(), 0);
    for (const ops::Value input : node_.node.inputs) {
      const Desc part = emit.plain_desc(input);
      if (emit.needs_gradient(input)) {
        const BufferId slice =
            emit.program.alias(above, layout.submemory_desc(part.get_dims(), offset));
        const BufferId gradient = emit.program.temporary(part);
        emit.program.add_reorder(Section::backward, slice, gradient);
        emit.add_gradient(input, gradient);
      }
      offset[static_cast<size_t>(axis_)] += part.get_dims()[static_cast<size_t>(axis_)];
    }
  }

 private:
  int axis_;
  NodeRef node_;
};

}  // namespace

template <>
std::unique_ptr<Kernel> make_kernel(const ops::Concatenate& op, NodeRef node) {
  return std::make_unique<ConcatenateKernel>(op, node);
}

}  // namespace thaw::cpu
