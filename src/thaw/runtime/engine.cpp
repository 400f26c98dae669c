#include "thaw/runtime/engine.h"

#include "thaw/core/error.h"

namespace thaw {
namespace {

int checked(int threads) {
  if (0 <= threads && threads <= most_threads) return threads;
  throw UsageError("threads: expected 0 to " + std::to_string(most_threads) + ", received " +
                   std::to_string(threads));
}

}  // namespace

Engine::Engine(const EngineOptions& options)
    : options_(options),
      threads_(checked(options.threads)),
      device_(device_types::find(options.device)
                  .make({.threads = threads_.count(), .precision = options.precision})) {}

const DeviceType& device_types::find(std::string_view name) {
  std::string names;
  for (const DeviceType* type : all()) {
    if (!type->available()) continue;
    if (type->name == name) return *type;
    names += (names.empty() ? "" : ", ") + std::string(type->name);
  }
  throw UsageError("device: expected one that this machine has (" + names + "), received \"" +
                   std::string(name) + "\"");
}

}  // namespace thaw
