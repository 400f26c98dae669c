#pragma once

#include <memory>
#include <string>

#include "thaw/core/threads.h"
#include "thaw/runtime/device.h"

namespace thaw {

constexpr int most_threads = 1024;

struct EngineOptions {
  /// A name of the table of devices.
  std::string device = "cpu";
  /// 0: as many as this process may run on at once; at most most_threads.
  int threads = 0;
  /// Of the products in what does not train; what trains is always f32.
  Precision precision = Precision::f32;
};

/// What networks run on: a device, and threads for the work beside it (decoding images, updating
/// weights). Made once, and handed to all that runs networks; it must outlive that. One of those
/// may use it at a time.
class Engine {
 public:
  /// Throws UsageError for a number of threads that is out of range, and for a device that is not
  /// known or not there, or cannot do what is asked.
  explicit Engine(const EngineOptions& options = {});

  /// What it was made with.
  const EngineOptions& options() const { return options_; }
  Device& device() { return *device_; }
  Threads& threads() { return threads_; }

 private:
  EngineOptions options_;
  Threads threads_;
  std::unique_ptr<Device> device_;
};

}  // namespace thaw
