// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {LiabilityMath} from "../../src/libraries/LiabilityMath.sol";
import {ShareMath} from "../../src/libraries/ShareMath.sol";
import {WAD} from "../../src/types/Units.sol";

/// @dev Shares and liabilities, for totals and amounts below 2^96 WAD (79 billion units). Comparisons of quotients are
/// multiplied out; nothing in these ranges overflows. A and S are the totals with the virtual amount of each counted in.
contract SharesSymbolic {
    uint256 private constant MAX = 2 ** 96;
    uint256 private constant V = ShareMath.VIRTUAL;

    /// @dev (A + a) / (S + s) >= A / S is a S >= s A: a deposit costs the other holders nothing.
    function check_DepositDoesNotLowerTheShare(uint256 assets, uint256 a, uint256 s) external pure {
        if (assets >= MAX || a >= MAX || s >= MAX || a < V || s < V) return;
        unchecked {
            assert(ShareMath.toSharesDown(assets, a - V, s - V) * a <= assets * s);
        }
    }

    /// @dev The depositor loses less than one share.
    function check_DepositBuysAllButLessThanAShare(uint256 assets, uint256 a, uint256 s) external pure {
        if (assets >= MAX || a >= MAX || s >= MAX || a < V || s < V) return;
        unchecked {
            assert(ShareMath.toSharesDown(assets, a - V, s - V) * a + a > assets * s);
        }
    }

    /// @dev (A - p) / (S - n) >= A / S is n A >= p S: a withdrawal costs the other holders nothing.
    function check_WithdrawalDoesNotLowerTheShare(uint256 shares, uint256 a, uint256 s) external pure {
        if (shares >= MAX || a >= MAX || s >= MAX || a < V || s < V) return;
        unchecked {
            assert(ShareMath.toAssetsDown(shares, a - V, s - V) * s <= shares * a);
        }
    }

    /// @dev A payment in kind is at most pro rata.
    function check_PaymentInKindIsAtMostProRata(uint256 shares, uint256 amount, uint256 totalShares) external pure {
        if (shares > totalShares || amount >= MAX || totalShares >= MAX) return;
        unchecked {
            assert(ShareMath.toKindDown(shares, amount, totalShares) * totalShares <= shares * amount);
        }
    }

    /// @dev Utilization is a ratio, rounded up.
    function check_UtilizationIsARatioRoundedUp(uint256 balance, uint256 liability) external pure {
        if (balance >= MAX || liability >= MAX) return;
        unchecked {
            uint256 ratio = LiabilityMath.utilRatioUp(balance, liability);
            assert(ratio <= WAD);
            if (balance < liability) assert((WAD - ratio) * liability <= balance * WAD);
        }
    }

    /// @dev The remaining holders keep at least their part of the liability.
    function check_LiabilityOfTheRemainingHolders(uint256 liability, uint256 shares, uint256 total) external pure {
        if (liability >= MAX || shares > total || total >= MAX || total == 0) return;
        unchecked {
            assert(LiabilityMath.afterWithdrawalUp(liability, shares, total) * total >= liability * (total - shares));
        }
    }

    /// @dev The liability is zero without holders.
    function check_LiabilityIsZeroWithoutHolders(uint256 liability, uint256 total) external pure {
        if (liability >= MAX || total >= MAX || total == 0) return;
        assert(LiabilityMath.afterWithdrawalUp(liability, total, total) == 0);
    }
}
