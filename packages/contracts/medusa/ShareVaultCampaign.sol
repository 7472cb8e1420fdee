// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {LiabilityMath} from "../src/libraries/LiabilityMath.sol";
import {ShareMath} from "../src/libraries/ShareMath.sol";

/// @dev Model of an LP vault without tokens, with the share and liability maths of the exchange. No sequence of
/// deposits, withdrawals, gains and losses may let a deposit or withdrawal reduce the value of the other LPs' shares.
contract ShareVaultCampaign {
    uint256 private constant MAX = 1e32;
    uint256 private constant LPS = 4;

    uint256 private _assets;
    uint256 private _shares;
    uint256 private _liability;
    uint256[LPS] private _sharesOf;
    uint256 private _paidIn;
    uint256 private _paidOut;
    uint256 private _gained;

    function deposit(uint256 lp, uint256 amount) external {
        amount %= MAX;
        (uint256 assets, uint256 shares) = (_assets, _shares);
        uint256 bought = ShareMath.toSharesDown(amount, assets, shares);
        if (bought == 0) return;
        _assets += amount;
        _shares += bought;
        _sharesOf[lp % LPS] += bought;
        _liability += amount;
        _paidIn += amount;
        _checkShareIsWorthNoLess(assets, shares);
        assert(ShareMath.toAssetsDown(bought, _assets, _shares) <= amount);
    }

    function withdraw(uint256 lp, uint256 part) external {
        lp %= LPS;
        uint256 burned = part % (_sharesOf[lp] + 1);
        if (burned == 0) return;
        (uint256 assets, uint256 shares, uint256 liability) = (_assets, _shares, _liability);
        uint256 paid = ShareMath.toPayoutDown(burned, assets, shares);
        // Shares that are sized to a payout limit pay at most that limit.
        if (paid > 0) {
            uint256 limit = uint256(keccak256(abi.encode(part))) % paid;
            uint256 within = ShareMath.toSharesWithinDown(burned, paid, limit);
            assert(ShareMath.toPayoutDown(within, assets, shares) <= limit);
        }
        _liability = LiabilityMath.afterWithdrawalUp(liability, burned, shares);
        _assets -= paid;
        _shares -= burned;
        _sharesOf[lp] -= burned;
        _paidOut += paid;
        _checkShareIsWorthNoLess(assets, shares);
        assert(_liability <= liability);
        if (_shares == 0) assert(_liability == 0);
    }

    function gain(uint256 amount) external {
        amount %= MAX;
        _assets += amount;
        _gained += amount;
    }

    function lose(uint256 amount) external {
        _assets -= amount % (_assets + 1);
    }

    /// @dev Withdrawals and remaining assets never exceed deposits and gains.
    function property_NothingComesOfNothing() external view returns (bool) {
        return _paidOut + _assets <= _paidIn + _gained;
    }

    function property_SharesAddUp() external view returns (bool) {
        uint256 sum;
        for (uint256 i = 0; i < LPS; ++i) {
            sum += _sharesOf[i];
        }
        return sum == _shares;
    }

    function property_UtilRatioIsARatio() external view returns (bool) {
        return LiabilityMath.utilRatioUp(_assets, _liability) <= 1e18;
    }

    /// @dev Compares share prices before and after, with virtual shares and assets, as a cross product without
    /// rounding.
    function _checkShareIsWorthNoLess(uint256 assets, uint256 shares) private view {
        uint256 v = ShareMath.VIRTUAL;
        assert((_assets + v) * (shares + v) >= (assets + v) * (_shares + v));
    }
}
