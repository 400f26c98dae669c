#include "thaw/train/loss.h"

#include "thaw/core/named.h"
#include "thaw/train/choice.h"

namespace thaw {

Loss::Loss(std::string_view text) {
  Choice choice = parse_choice(text);
  name = std::move(choice.name);
  options = std::move(choice.options);
}

const LossType& loss_types::find(std::string_view name) { return find_named("loss", all(), name); }

std::unique_ptr<LossFunction> make_loss(const Loss& loss) {
  const LossType& type = loss_types::find(loss.name);
  return with_context("loss " + loss.name, [&] { return type.make(loss.options); });
}

}  // namespace thaw
