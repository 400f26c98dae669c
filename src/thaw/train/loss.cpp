#include "thaw/train/loss.h"

#include "thaw/core/error.h"

namespace thaw::loss_types {

const LossType& find(std::string_view name) {
  std::string known;
  for (const LossType* type : all()) {
    if (type->name == name) return *type;
    known += (known.empty() ? "" : ", ") + std::string(type->name);
  }
  throw UsageError("loss: expected one of " + known + ", received \"" + std::string(name) + "\"");
}

}  // namespace thaw::loss_types
