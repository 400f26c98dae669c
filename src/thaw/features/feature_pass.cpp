#include "thaw/features/feature_pass.h"

#include <algorithm>
#include <iterator>
#include <map>

#include "thaw/core/error.h"

namespace thaw {

FeaturePass::FeaturePass(Engine& engine, const Dataset& data, FrozenLayers& frozen,
                         KeptFeatures& kept, Options options)
    : engine_(engine),
      data_(data),
      frozen_(frozen),
      kept_(kept),
      options_(std::move(options)),
      reader_(data, frozen.micro_batch(), engine.threads(), options_.watch) {
  const ops::Graph& network = frozen.network();
  const Shape& expected = network[network.inputs[0]].shape;
  if (data.input_shape() != expected) {
    throw Error("expected samples of shape " + expected.to_string() + ", received " +
                data.input_shape().to_string());
  }
}

bool FeaturePass::run() { return options_.keep && make_room() ? compute_absent() : only_read(); }

/// False when there is none for the features that the fit needs itself.
bool FeaturePass::make_room() {
  const auto& cuts = frozen_.segments().cuts();
  int64_t budget_bytes = options_.budget_bytes.value_or(default_feature_budget());
  const FeatureFolder* folder = kept_.folder() ? &*kept_.folder() : nullptr;
  rows_.assign(cuts.size(), nullptr);
  for (size_t i = cuts.size(); i-- > 0;) {
    const FrozenCut& cut = cuts[i];
    const std::string set_key = frozen_.set_key(cut);
    FeatureRows& rows = kept_.rows(data_, set_key);
    if (rows.store == nullptr) {
      rows.store = make_feature_store(data_.size(), cut.row_floats, budget_bytes, folder);
      rows.present.assign(static_cast<size_t>(data_.size()), false);
      if (rows.store == nullptr && i + 1 < cuts.size()) continue;
      if (rows.store == nullptr) {
        rows_.clear();
        return false;
      }
      budget_bytes -= rows.store->memory_bytes();
      if (!cut.holds_input) kept_.load(data_, set_key, rows, cut.row_floats, engine_.threads());
    }
    rows_[i] = &rows;
  }
  return true;
}

bool FeaturePass::compute_absent() {
  const auto& cuts = frozen_.segments().cuts();
  // Samples that the same cuts are absent of are computed together.
  std::map<CutNumbers, std::vector<int64_t>> absent;
  for (int64_t sample = 0; sample < data_.size(); ++sample) {
    CutNumbers wanted;
    for (size_t cut = 0; cut < cuts.size(); ++cut) {
      if (rows_[cut] != nullptr && !rows_[cut]->present[static_cast<size_t>(sample)])
        wanted.push_back(cut);
    }
    if (!wanted.empty()) absent[wanted].push_back(sample);
  }
  FeatureComputer computer(data_, frozen_, kept_, rows_, reader_, engine_.threads(),
                           options_.watch);
  bool is_complete = true;
  for (const auto& [wanted, samples] : absent) {
    is_complete = computer.compute(wanted, samples);
    if (!is_complete) break;
  }
  // Of a pass that was stopped, those there are: the next one has the rest to do.
  std::vector<std::vector<int64_t>> fresh(cuts.size());
  for (const auto& [wanted, samples] : absent) {
    for (const size_t cut : wanted)
      std::ranges::copy_if(samples, std::back_inserter(fresh[cut]), [&](int64_t sample) {
        return rows_[cut]->present[static_cast<size_t>(sample)];
      });
  }
  for (size_t cut = 0; cut < cuts.size(); ++cut) {
    if (cuts[cut].holds_input || rows_[cut] == nullptr) continue;
    kept_.save(data_, frozen_.set_key(cuts[cut]), *rows_[cut], std::move(fresh[cut]),
               cuts[cut].row_floats);
  }
  return is_complete;
}

/// Where nothing is kept every epoch computes anew; here the broken images are found.
bool FeaturePass::only_read() {
  std::vector<int64_t> plain;
  for (int64_t i = 0; i < data_.size(); i += data_.views()) plain.push_back(i);
  return reader_.read(std::move(plain), [](const Batch&) {});
}

}  // namespace thaw
