#pragma once

#include <string_view>
#include <utility>

#include "thaw/core/config.h"
#include "thaw/core/fields.h"

namespace thaw::applications {

/// The values of a network's own options, by name; those that are absent have their defaults. What
/// they are, a struct of the network describes: its fields() names each member once (see
/// core/fields.h), and its check(), where it has one, throws UsageError for a value out of range.
/// Example: create("mobilenet_v2", {.own = MobileNetV2Options{.alpha = 0.35}}).
class OwnOptions {
 public:
  OwnOptions() = default;
  template <fields::Described T>
  OwnOptions(const T& options) : values_(fields::config_of(options)) {}

  /// A map; its order is that in which the values were named or set.
  const Config& values() const { return values_; }
  void set(std::string_view name, Config value) { values_.set(name, std::move(value)); }

  /// T with these values. Throws UsageError naming the option for a value of another kind or out
  /// of range; names that T does not have are left to create(), which refuses them.
  template <fields::Described T>
  T as() const {
    T result;
    try {
      result.fields(fields::Reader(values_));
    } catch (const Error& error) {
      throw UsageError(error.what());
    }
    if constexpr (requires { result.check(); }) result.check();
    return result;
  }

 private:
  Config values_{Config::Map{}};
};

/// The default of each option of T, by name, in the order of fields(): for Application::own.
template <fields::Described T>
OwnOptions defaults() {
  return T{};
}

/// For the check() of a network's own options. Each throws UsageError with what was expected and
/// received. An alpha, the factor on the channels of every layer: from 1/32, below which a layer of
/// 32 channels would have none, to 16, above which nothing was ever trained.
void check_alpha(double alpha);
/// A dropout: at least 0 and below 1.
void check_dropout(double rate);

}  // namespace thaw::applications
