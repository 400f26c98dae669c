#include "thaw/train/options.h"

namespace thaw {
namespace {

/// How much of a value that is not supported an error repeats.
constexpr size_t shown_letters = 60;

/// What says nothing of the numbers computed.
constexpr std::string_view harmless[] = {"name", "dtype", "fn", "jit_compile",
                                         "is_legacy_optimizer"};

bool is_on(const Config& value) {
  return !value.is_null() && value != Config(false) &&
         !(value.is_number() && value.as_number() == 0);
}

/// Keras's own default of what every loss has.
bool is_usual(const std::string& key, const Config& value) {
  if (key == "reduction") return value == Config("sum_over_batch_size") || value == Config("auto");
  return key == "axis" && value == Config(-1);
}

}  // namespace

Config options_in(const Config& config, const std::vector<std::string>& known) {
  Config options(Config::Map{});
  for (const auto& [key, value] : config.as_map()) {
    if (std::ranges::find(known, key) != known.end()) {
      if (!value.is_null()) options.set(key, value);
    } else if (std::ranges::find(harmless, key) == std::end(harmless) && is_on(value) &&
               !is_usual(key, value)) {
      throw Error(key + " " + value.to_string().substr(0, shown_letters) + " is not supported");
    } else if (key == "ignore_class" && !value.is_null()) {
      throw Error("ignore_class is not supported");
    }
  }
  return options;
}

}  // namespace thaw
