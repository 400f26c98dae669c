#pragma once

#include <string>

#include "thaw/runtime/cpu/kernel.h"

namespace thaw::cpu {

// What convolutions and transposed ones do alike in backward(). `node` has inputs x, kernel and
// perhaps bias; `kernel_view` is the kernel under oneDNN's axes.

/// Emits the step `Primitive`, dnnl::convolution_backward_data or its like, as `chosen`: from the
/// node's gradient to that of x.
template <typename Primitive>
void add_data_gradient(Emitter& emit, NodeRef node, const Desc& kernel_view,
                       const typename Primitive::primitive_desc& chosen) {
  const BufferId gradient = emit.program.temporary(chosen.diff_src_desc());
  emit.program.add(
      Section::backward, std::string(ops::name(node.node.op)) + " data gradient " + node.node.name,
      Primitive(chosen),
      {{DNNL_ARG_DIFF_DST, emit.gradient(node.value, chosen.diff_dst_desc())},
       {DNNL_ARG_WEIGHTS, emit.parameter(node.input(1), kernel_view, chosen.weights_desc())},
       {DNNL_ARG_DIFF_SRC, gradient}});
  emit.add_gradient(node.input(0), gradient);
}

/// The same of the kernel and, where it trains, of the bias.
template <typename Primitive>
void add_weights_gradient(Emitter& emit, NodeRef node, const Desc& kernel_view, bool bias_trains,
                          const typename Primitive::primitive_desc& chosen) {
  emit.add_weights_step(std::string(ops::name(node.node.op)) + " weight gradient " + node.node.name,
                        Primitive(chosen),
                        {{DNNL_ARG_SRC, emit.value_for_backward(node.input(0), chosen.src_desc())},
                         {DNNL_ARG_DIFF_DST, emit.gradient(node.value, chosen.diff_dst_desc())}},
                        node.input(1), chosen.diff_weights_desc(), kernel_view,
                        bias_trains ? node.input(2) : ops::Value{});
}

}  // namespace thaw::cpu
