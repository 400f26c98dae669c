#pragma once

#include "thaw/graph/functional.h"

namespace thaw {

/// What the last layers of a network make of what they are given.
enum class OutputEnding {
  softmax,   ///< numbers that add up to 1
  sigmoid,   ///< each from 0 to 1
  bounded,   ///< each between −1 and 1: tanh, softsign, hard_tanh
  linear,    ///< any numbers, of a layer that learned them
  features,  ///< what a pooling, or flattening, left of an image: no layer of a classifier follows
  other      ///< the layers do not tell
};

/// How the one output of `model` ends.
OutputEnding output_ending(const Functional& model);

}  // namespace thaw
