#pragma once

#include <memory>

#include "thaw/runtime/cpu/emitter.h"

namespace thaw::cpu {

/// How one node runs here. forward() and backward() are called once, while the program is written.
class Kernel {
 public:
  virtual ~Kernel() = default;
  virtual void forward(Emitter& emit) = 0;
  /// Called when the node's gradient is there; passes it on to the inputs that need it.
  virtual void backward(Emitter& emit) = 0;
};

/// The node being emitted and its place in the graph.
struct NodeRef {
  ops::Value value;
  const ops::Node& node;
  ops::Value input(size_t i) const { return node.inputs[i]; }
};

/// The kernel of an operation. Each operation has its own in its own file of ops/, as a
/// specialization of this; where one is missing, the program does not link, and the linker names
/// it.
template <typename Operation>
std::unique_ptr<Kernel> make_kernel(const Operation& op, NodeRef node);

/// oneDNN's name of an activation, with its two numbers; none where it must be computed by hand.
struct Eltwise {
  dnnl::algorithm algorithm = dnnl::algorithm::undef;
  float alpha = 0.0F;
  float beta = 0.0F;
  bool known() const { return algorithm != dnnl::algorithm::undef; }
};
Eltwise eltwise_of(const Activation& activation);
/// Appends it, unless it is linear.
void append_activation(dnnl::post_ops& operations, const Activation& activation);
/// Of a convolution or product that is emitted here: its post-ops, and whether bfloat16 may be
/// used.
dnnl::primitive_attr product_attributes(const Emitter& emit, bool adds_to_destination,
                                        const Activation& activation);
/// Post-ops: first the sum with what the destination holds, then the activation.
dnnl::primitive_attr post_ops(bool adds_to_destination, const Activation& activation);

}  // namespace thaw::cpu
