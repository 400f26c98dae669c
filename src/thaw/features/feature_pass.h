#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "thaw/features/feature_computer.h"
#include "thaw/runtime/engine.h"

namespace thaw {

/// The pass over a dataset before its first epoch: it computes the features that are to be kept and
/// are not there yet, and finds the images that cannot be read.
class FeaturePass {
 public:
  struct Options {
    bool keep = true;
    /// Largest memory for the features; unless given, default_feature_budget().
    std::optional<int64_t> budget_bytes = {};
    PassWatch watch = {};
  };
  /// All that is handed in must outlive this object. Throws Error where the samples are of another
  /// shape than the network's input.
  FeaturePass(Engine& engine, const Dataset& data, FrozenLayers& frozen, KeptFeatures& kept,
              Options options);
  FeaturePass(const FeaturePass&) = delete;
  FeaturePass& operator=(const FeaturePass&) = delete;

  /// Reads every sample once whose features are not kept yet. What is computed is left with `kept`,
  /// for this fit and later ones. False: it was stopped.
  bool run();

  /// Those of the cut that training begins at; nullptr where they are not to be kept or there is no
  /// room for them.
  FeatureRows* target() const { return rows_.empty() ? nullptr : rows_.back(); }
  /// The images that can be read, as the first view of each, ascending.
  std::vector<int64_t> usable() const { return reader_.usable(); }
  /// Why each of the others cannot.
  const std::vector<std::string>& dropped() const { return reader_.dropped(); }

 private:
  bool make_room();
  bool compute_absent();
  bool only_read();

  Engine& engine_;
  const Dataset& data_;
  FrozenLayers& frozen_;
  KeptFeatures& kept_;
  Options options_;
  SampleReader reader_;
  /// One a cut, nullptr where there was no room; empty when nothing is kept.
  std::vector<FeatureRows*> rows_;
};

}  // namespace thaw
