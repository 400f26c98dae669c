#include "task/option_values.h"

#include <gtest/gtest.h>

namespace thaw::testing {

std::string another_value(const Option& option, const std::map<std::string, std::string>& known) {
  if (const auto found = known.find(option.name); found != known.end()) return found->second;
  const Config value = option.get();
  if (option.is_switch) return "";
  for (const std::string& choice : option.about.choices)
    if (value.is_null() || choice != value.as_string()) return choice;
  if (value.is_integer()) return std::to_string(value.as_integer() + 1);
  if (value.is_number()) return std::to_string(value.as_number() / 2);
  ADD_FAILURE() << "say in this test what else " << option.flag() << " may be";
  return "";
}

std::map<std::string, std::string> values_to_try(const std::filesystem::path& folder) {
  const auto path = [&](const char* name) { return (folder / name).string(); };
  return {{"images", path("others")},
          {"validation", path("others")},
          {"validation-split", "0.4"},
          {"images-per-class", "2"},
          {"out", path("other.keras")},
          {"base", path("copy.keras")},
          {"weights", "none"},
          {"output", "bn2"},
          {"lambda", "prep=x/2"},
          {"image-size", "24"},
          {"preprocessing", "torch"},
          {"aspect-ratio", "crop"},
          {"interpolation", "bicubic"},
          {"crop-fraction", "0.5"},
          {"orientation", "ignore"},
          {"unfreeze", "1"},
          {"head", "dropout 0.5"},
          {"class-weight", "balanced"},
          {"callbacks", "early_stopping@monitor=loss,patience=9"},
          {"optimizer", "sgd"},
          {"warmup", "0.25"},
          {"layer-decay", "0.5"},
          {"ema", "0.5"},
          {"loss", "mean_squared_error"},
          {"metrics", "categorical_accuracy"},
          {"history", path("history.json")},
          {"augment", "flip"},
          {"cache", "off"},
          {"sizes", "24"},
          {"budget", "1h"},
          {"unknown-rate", "0.1"},
          {"report", path("report.json")},
          {"threads", "1"}};
}

}  // namespace thaw::testing
