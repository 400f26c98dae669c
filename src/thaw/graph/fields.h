#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "thaw/core/config.h"
#include "thaw/core/error.h"
#include "thaw/graph/initializer.h"
#include "thaw/ops/activation.h"
#include "thaw/ops/geometry.h"

/// A layer names its members once, in fields(); reading and writing Keras's config follow from it.
/// Each overload accepts every dialect that Keras 1, 2 and 3 wrote.
namespace thaw::fields {

void read(const Config& config, bool& field);
void read(const Config& config, int& field);
void read(const Config& config, int64_t& field);
void read(const Config& config, float& field);
void read(const Config& config, std::string& field);
void read(const Config& config, Size2& field);       ///< 3, [3, 3]
void read(const Config& config, Padding2& field);    ///< 1, [1, 1], [[0, 1], [0, 1]]
void read(const Config& config, Activation& field);  ///< "relu", {"class_name": …}
void read(const Config& config, Initializer& field);
void read(const Config& config, Shape& field);                 ///< unknown sizes (null) become −1
void read(const Config& config, std::vector<int64_t>& field);  ///< 1, [1, 2]
void read(const Config& config, std::vector<float>& field);    ///< 0.5, [0.5, 1]

Config write(bool field);
Config write(int field);
Config write(int64_t field);
Config write(float field);
Config write(const std::string& field);
Config write(Size2 field);
Config write(const Padding2& field);
Config write(const Activation& field);
Config write(const Initializer& field);
Config write(const Shape& field);
Config write(const std::vector<int64_t>& field);
Config write(const std::vector<float>& field);

template <typename T>
void read(const Config& config, std::optional<T>& field) {
  if (config.is_null()) {
    field.reset();
  } else {
    read(config, field.emplace());
  }
}

template <typename T>
Config write(const std::optional<T>& field) {
  return field ? write(*field) : Config();
}

/// Reads the members that `config` has; the others keep their defaults.
class Reader {
 public:
  explicit Reader(const Config& config) : config_(config) {}
  template <typename T>
  void operator()(const char* key, T& field) const {
    if (const Config* value = config_.find(key)) with_context(key, [&] { read(*value, field); });
  }

 private:
  const Config& config_;
};

class Writer {
 public:
  template <typename T>
  void operator()(const char* key, const T& field) {
    config_.set(key, write(field));
  }
  Config take() { return std::move(config_); }

 private:
  Config config_{Config::Map{}};
};

}  // namespace thaw::fields
