#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

namespace thaw::applications {

/// Whether it is an address of a file to be fetched: "https://…", or "http://…".
bool is_address(const std::string& text);

/// Where a model's file lies for others to fetch: pages of TensorFlow Hub and of Kaggle's models
/// are the archives that they offer ("https://tfhub.dev/google/…/5" →
/// "https://tfhub.dev/google/…/5?tf-hub-format=compressed"); others are what they are.
std::string archive_address(const std::string& address);

/// The file of a model that lies at an address, fetched once and kept in the cache folder.
/// `progress` as in DownloadOptions. Throws Error that begins with the address where it cannot be
/// fetched, or is no model.
std::filesystem::path fetch_model(
    const std::string& address,
    const std::function<bool(int64_t received, int64_t total)>& progress = {});

}  // namespace thaw::applications
