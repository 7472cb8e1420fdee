// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IClearingHouse} from "../interfaces/IClearingHouse.sol";
import {ILpVault} from "../interfaces/ILpVault.sol";
import {IOrderTimesFollower} from "../interfaces/IOrderTimes.sol";

/// @title The request vaults of a market's makers
library RequestVaults {
    /// @dev Makes the request vaults read the times of the market's orders. A maker without a request vault is skipped. The owner
    /// registers makers and is the caller, so the read is not bounded.
    function noteOrderTimes(IClearingHouse clearingHouse, uint256 marketId) internal {
        address[] memory makers = clearingHouse.makersOf(marketId);
        for (uint256 i = 0; i < makers.length; ++i) {
            (bool ok, bytes memory answer) = makers[i].staticcall(abi.encodeCall(ILpVault.requestVault, ()));
            if (!ok || answer.length != 0x20) continue;
            address requestVault = abi.decode(answer, (address));
            if (requestVault != address(0)) IOrderTimesFollower(requestVault).noteOrderTimes();
        }
    }
}
