#include "thaw/train/callback.h"

#include <set>

#include "thaw/core/named.h"
#include "thaw/train/choice.h"

namespace thaw {

const CallbackType& callback_types::find(std::string_view name) {
  return find_named("callback", all(), name);
}

std::unique_ptr<Callback> make_callback(std::string_view text) {
  const Choice choice = parse_choice(text);
  return make_callback(choice.name, choice.options.as_map());
}

std::unique_ptr<Callback> make_callback(std::string_view name, Config::Map options) {
  const CallbackType& type = callback_types::find(name);
  return with_context("callback " + std::string(name),
                      [&] { return type.make(Config(std::move(options))); });
}

std::vector<CallbackState> states_of(std::span<Callback* const> callbacks) {
  std::vector<CallbackState> states;
  for (const Callback* callback : callbacks)
    if (auto state = callback->state()) states.push_back(std::move(*state));
  return states;
}

void restore_states(std::span<Callback* const> callbacks, std::span<const CallbackState> states,
                    TrainingControl& control) {
  std::set<const Callback*> taken;
  for (const CallbackState& state : states) {
    bool is_taken = false;
    for (Callback* callback : callbacks) {
      const auto own = callback->state();
      if (is_taken || !own || own->name != state.name || taken.contains(callback)) continue;
      callback->restore(control, state);
      taken.insert(callback);
      is_taken = true;
    }
    if (!is_taken) {
      throw Error("the state to go on from has a callback " + state.name +
                  ", which this fit has not: go on with the same callbacks, or start anew");
    }
  }
}

}  // namespace thaw
