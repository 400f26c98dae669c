#include "thaw/core/error.h"
#include "thaw/runtime/cpu/kernel.h"

namespace thaw::cpu {

template <>
std::unique_ptr<Kernel> make_kernel(const ops::RefusedInTraining& op, NodeRef node) {
  throw Error("layer \"" + node.node.name + "\" (" + op.layer_class +
              ") changes what it is given in training, which is not done here; predict and "
              "evaluate need nothing of it: leave the layer out, or freeze what it stands in");
}

}  // namespace thaw::cpu
