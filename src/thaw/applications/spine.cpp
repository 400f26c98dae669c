#include "thaw/applications/spine.h"

#include <map>
#include <set>

namespace thaw::applications {
namespace {

using CallPtr = std::shared_ptr<const Call>;

/// The calls that every way from the inputs to the first output passes, the last first. Of what is
/// still to be looked at the latest call is taken; when there is none beside it, all ways pass it.
std::vector<CallPtr> passed_by_all(const Functional& model) {
  std::map<const Call*, size_t> order;
  const auto calls = model.calls();
  for (size_t i = 0; i < calls.size(); ++i) order[calls[i].get()] = i;
  std::vector<CallPtr> result;
  std::set<size_t> open{order.at(model.outputs()[0].call().get())};
  while (!open.empty()) {
    const size_t latest = *open.rbegin();
    if (open.size() == 1) result.push_back(calls[latest]);
    open.erase(latest);
    for (const Symbol& input : calls[latest]->inputs) open.insert(order.at(input.call().get()));
  }
  return result;
}

void walk(const Functional& model, const decltype(Place::inside)& inside,
          std::vector<Place>& found) {
  for (const CallPtr& call : passed_by_all(model)) {
    if (call->inputs.empty()) continue;
    const Functional* nested = call->layer.nested();
    const bool is_plain = call->inputs.size() == 1 && call->output_shapes.size() == 1;
    if (nested == nullptr || !is_plain) {
      if (call->output_shapes.size() == 1) found.push_back({Symbol(call), model, inside});
      continue;
    }
    auto deeper = inside;
    deeper.emplace_back(model, call);
    walk(*nested, deeper, found);
  }
}

}  // namespace

std::vector<Place> spine_of(const Functional& model) {
  std::vector<Place> found;
  walk(model, {}, found);
  return found;
}

}  // namespace thaw::applications
