// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IPriceOracle} from "../interfaces/IPriceOracle.sol";

/// @title Approvals of accounts that choose the moment of a price (T43)
/// @notice A gateway, a relayer, a sender of an OracleMaker or an LP on the immediate path trades at a price of a moment of
/// its choice, as an executor of the oracle does. So all these approvals follow one rule: once the oracle is sealed, an
/// approval takes effect after {IPriceOracle-SOURCE_DELAY}, in which every LP and taker can leave. Revocations take effect
/// at once.
library DelayedApproval {
    /// @dev Time from which an approval of this block is in force, seconds; zero for a revocation.
    function effectiveAt(IPriceOracle oracle, bool approved) internal view returns (uint256) {
        if (!approved) return 0;
        return oracle.isSealed() ? block.timestamp + oracle.SOURCE_DELAY() : block.timestamp;
    }

    /// @dev Whether an approval is in force now.
    /// @param since as returned by {effectiveAt}
    function isInForce(uint256 since) internal view returns (bool) {
        return since != 0 && block.timestamp >= since;
    }
}
