#pragma once

#include <optional>
#include <string>
#include <vector>

#include "thaw/formats/keras/hdf5/file.h"
#include "thaw/formats/keras/hdf5/writer.h"
#include "thaw/formats/training_record.h"
#include "thaw/graph/functional.h"

namespace thaw::keras {

/// The state that a .keras ("optimizer/vars/0", …) or an .h5 file ("optimizer_weights") holds of
/// `optimizer`, {"class_name": …, "config": …}. Nothing where there is none; nothing, and a line in
/// `dropped`, where `slot_names` does not know it, it is of another form or does not fit the model.
std::optional<OptimizerState> read_optimizer_state(const Hdf5File& file, const Config& optimizer,
                                                   OptimizerSlotNames slot_names,
                                                   const Functional& model,
                                                   std::vector<std::string>& dropped);

/// Writes it as Keras 3 does into the weights of a .keras file.
void write_optimizer_state(const TrainingRecord& training, Hdf5Writer& file);
/// Writes it into an .h5 file, for thaw alone: Keras 3.15 cannot train with what it reads there.
void write_legacy_optimizer_state(const TrainingRecord& training, const Functional& model,
                                  Hdf5Writer& file);

}  // namespace thaw::keras
