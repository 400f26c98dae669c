#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace thaw {

/// Class names, one an output, in any of the forms that they are kept in:
/// - lines: "cat", or with their numbers from 0, "0 cat" (Teachable Machine's labels.txt);
/// - a JSON list of them;
/// - a JSON object from numbers to names, or from names to numbers (Keras's class_indices); a pair
///   as in Keras's imagenet_class_index.json counts by its second part;
/// - a JSON object with one of these as its member "labels" (Teachable Machine's metadata.json),
///   "classes", "class_names", "class_indices", "names" or "id2label".
/// Throws Error saying what was expected: numbers that do not count from 0, a name that is empty,
/// given twice, or not to be printed.
std::vector<std::string> parse_labels(std::string_view text);

/// The same of a file; the message begins with its name.
std::vector<std::string> read_labels(const std::filesystem::path& file);

/// `names`, checked as parse_labels() does. Returns them.
std::vector<std::string> checked_labels(std::vector<std::string> names);

}  // namespace thaw
