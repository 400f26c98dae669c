#pragma once

// Makes the table's row of a callback; included by the files of train/callbacks/ alone.

#include "thaw/core/any_number.h"
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

}  // namespace thaw
