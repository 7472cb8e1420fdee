// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IClearingHouse} from "../interfaces/IClearingHouse.sol";
import {ILpVault} from "../interfaces/ILpVault.sol";
import {IOrderTimesFollower} from "../interfaces/IOrderTimes.sol";
import {Cast} from "../types/Cast.sol";
import {BoundedCall} from "./BoundedCall.sol";

/// @title The request vaults of a market's makers
library RequestVaults {
    /// @dev Makes the request vaults read the times of the market's orders. A maker without a request vault is skipped.
    function noteOrderTimes(IClearingHouse clearingHouse, uint256 marketId) internal {
        address[] memory makers = clearingHouse.makersOf(marketId);
        for (uint256 i = 0; i < makers.length; ++i) {
            (bool ok, uint256[5] memory words) =
                BoundedCall.read(makers[i], abi.encodeCall(ILpVault.requestVault, ()), 1);
            address requestVault = Cast.toAddress(words[0]);
            if (ok && requestVault != address(0)) IOrderTimesFollower(requestVault).noteOrderTimes();
        }
    }
}
