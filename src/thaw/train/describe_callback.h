#pragma once

// Makes the table's row of a callback; included by the files of train/callbacks/ alone.

#include "thaw/train/callback.h"
#include "thaw/train/options.h"

namespace thaw {

/// T is made from Options, a struct that names its members in fields() as Keras does.
template <typename Options, typename T>
constexpr CallbackType describe_callback(std::string_view name, std::string_view class_name) {
  return {name, class_name, &option_names<Options>,
          [](const Config& options) -> std::unique_ptr<Callback> {
            return std::make_unique<T>(read_options<Options>(options));
          }};
}

/// A number that may be none of JSON's, to its last bit: then it is a word.
struct AnyNumber {
  double value = 0;

  /// Throws Error on another word than nan, inf and -inf.
  static AnyNumber from_config(const Config& config);
  Config to_config() const;
};

}  // namespace thaw
