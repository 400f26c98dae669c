#pragma once

#include <functional>
#include <string>
#include <vector>

#include "app/small_fit.h"

namespace thaw::testing {

/// A command that writes a model beside its state, and is killed: run to its end, it gives the same
/// bytes, and nothing is left. How often: THAW_KILLS and THAW_CALL_KILLS; THAW_SEED repeats them.
class KilledCommand {
 public:
  /// `arguments` are those that write this file into the folder of `fit`, with --resume; both
  /// outlive this object.
  using Arguments = std::function<std::vector<std::string>(const std::string& out)>;
  KilledCommand(const SmallFit& fit, Arguments arguments)
      : fit_(fit), arguments_(std::move(arguments)) {}

  /// Kills at random moments. Returns how many were killed before their end.
  int at_random_moments() const;
  /// Kills as files are changed. False: tracing a program is not permitted here.
  bool at_system_calls() const;

 private:
  /// What is left after all the kills goes on to the end, and is what it would have been.
  void expect_the_same_bytes() const;

  const SmallFit& fit_;
  Arguments arguments_;
};

}  // namespace thaw::testing
