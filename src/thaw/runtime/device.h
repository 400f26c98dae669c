#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "thaw/compile/device_traits.h"
#include "thaw/ops/graph.h"
#include "thaw/runtime/executable.h"
#include "thaw/runtime/precision.h"

namespace thaw {

/// Runs graphs. There is one for each kind of processor.
class Device {
 public:
  virtual ~Device() = default;
  /// `graph` must have no by_run phases left (see specialize() in compile/).
  virtual std::unique_ptr<Executable> compile(const ops::Graph& graph,
                                              const ExecutableOptions& options) = 0;
  virtual int threads() const = 0;
  /// What it fuses, tiles and prefers: for optimize(), whose result it then compiles.
  virtual const DeviceTraits& traits() const = 0;
  /// All of the device that the bits of a part of `network` depend on: its library, instructions,
  /// threads, and what it chooses for that network.
  virtual std::string numerics(const ops::Graph& network) const = 0;
};

struct DeviceOptions {
  /// 0: as many as this process may run on at once.
  int threads = 0;
  Precision precision = Precision::f32;
};

/// A kind of device: a row of the table made from the files of runtime/devices/.
struct DeviceType {
  std::string_view name;
  /// Whether this machine has one.
  bool (*available)();
  /// Throws UsageError where the device cannot do what the options ask for.
  std::unique_ptr<Device> (*make)(const DeviceOptions& options);
};

namespace device_types {
std::span<const DeviceType* const> all();
/// Throws UsageError, which lists those there are, unless one is called so and is available.
const DeviceType& find(std::string_view name);
}  // namespace device_types

}  // namespace thaw
