// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Announcement, Leg, SignedOrder} from "../types/SignedOrder.sol";
import {AnnouncementModule} from "./AnnouncementModule.sol";
import {SignedOrderFills} from "./SignedOrderFills.sol";

/// @title The functions of the gateway that {AnnouncementModule} runs
/// @dev Every function here has an empty body. Its modifier delegates the call to the module's function of the same
/// selector, on the storage of the gateway and for its caller, and returns the result. Both inherit {SignedOrderFills},
/// and neither adds storage (tools/storage-layout.test.mjs). The module is set at deployment and never changes.
abstract contract AnnouncementProxy is SignedOrderFills {
    /// @notice The module belongs to another exchange or verifier.
    error ModuleMismatch(AnnouncementModule module);

    /// @notice The contract whose code keepers and accounts run for announcements.
    AnnouncementModule public immutable announcementModule;

    constructor(AnnouncementModule module) {
        bool isOwn = module.clearingHouse() == clearingHouse && module.verifier() == verifier;
        if (!isOwn) revert ModuleMismatch(module);
        announcementModule = module;
    }

    /// @dev For functions with an empty body: runs the module's function and ends the call with its result.
    modifier runsOnModule() {
        _;
        address module = address(announcementModule);
        assembly ("memory-safe") {
            let at := mload(0x40)
            calldatacopy(at, 0, calldatasize())
            let isDone := delegatecall(gas(), module, at, calldatasize(), 0, 0)
            returndatacopy(at, 0, returndatasize())
            if isDone { return(at, returndatasize()) }
            revert(at, returndatasize())
        }
    }

    /// @notice See {AnnouncementModule-announce}.
    function announce(
        SignedOrder calldata order,
        Leg leg,
        bytes calldata signature,
        address maker,
        bytes[] calldata updateData
    ) external payable runsOnModule returns (bytes32 legHash) {}

    /// @notice See {AnnouncementModule-executeAnnounced}.
    function executeAnnounced(
        SignedOrder calldata order,
        Announcement calldata announcement,
        bytes[] calldata updateData
    ) external payable runsOnModule returns (bool executed) {}

    /// @notice See {AnnouncementModule-clearAnnouncement}.
    function clearAnnouncement(SignedOrder calldata order, Announcement calldata announcement) external runsOnModule {}

    /// @notice See {AnnouncementModule-fillAnnounced}.
    function fillAnnounced(
        SignedOrder calldata order,
        bytes32 orderHash,
        Announcement calldata announcement,
        uint256 price,
        address keeper
    ) external runsOnModule {}

    /// @notice See {AnnouncementModule-cancelAnnouncement}.
    function cancelAnnouncement(
        SignedOrder calldata order,
        Announcement calldata announcement,
        bytes calldata signature
    ) external runsOnModule {}

    /// @notice See {AnnouncementModule-cancelBracket}.
    function cancelBracket(SignedOrder calldata order, bytes calldata signature) external runsOnModule {}
}
