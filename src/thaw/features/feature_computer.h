#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "thaw/features/frozen_layers.h"
#include "thaw/features/kept_features.h"
#include "thaw/features/sample_reader.h"

namespace thaw {

/// Which cuts, by their places in FrozenSegments::cuts(), ascending.
using CutNumbers = std::vector<size_t>;

/// Computes the features of one dataset that are absent, from the nearest of what there is: a cut
/// that is kept, cuts that other runs have left in the folder, or the samples themselves. The bits
/// are the same from wherever.
class FeatureComputer {
 public:
  /// `rows` has one a cut, nullptr where nothing is kept. All else must outlive this object.
  FeatureComputer(const Dataset& data, FrozenLayers& frozen, KeptFeatures& kept,
                  std::vector<FeatureRows*> rows, SampleReader& reader, Threads& threads,
                  const PassWatch& watch);

  /// Fills in the rows of `samples` at all the cuts `wanted`; those of broken samples stay absent.
  /// False: it was stopped.
  bool compute(const CutNumbers& wanted, std::vector<int64_t> samples);

 private:
  using Samples = std::vector<int64_t>;
  /// Reads a sample's row at the cut that is begun from; false where it cannot.
  using ReadRow = std::function<bool(int64_t sample, std::span<float> row)>;

  /// Computes what it can from other runs' cuts; `samples` are then those left.
  bool compute_from_other_cuts(const CutNumbers& wanted, Samples& samples);
  /// Samples whose rows cannot be read are added to `failed`.
  bool compute_from(const FrozenCut& from, const CutNumbers& wanted,
                    std::span<const int64_t> samples, const ReadRow& read_row, Samples& failed);
  /// `values` are those of all wanted cuts, one cut after the other.
  void keep(const CutNumbers& wanted, std::span<const int64_t> samples,
            std::span<const Tensor> values);
  std::vector<const FrozenCut*> cuts_of(const CutNumbers& numbers) const;

  const Dataset& data_;
  FrozenLayers& frozen_;
  KeptFeatures& kept_;
  std::vector<FeatureRows*> rows_;
  SampleReader& reader_;
  Threads& threads_;
  const PassWatch& watch_;
};

}  // namespace thaw
