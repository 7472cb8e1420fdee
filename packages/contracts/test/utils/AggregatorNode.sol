// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC7540Deposit, IERC7540Redeem} from "../../src/interfaces/IERC7540.sol";
import {IERC7575} from "../../src/interfaces/IERC7575.sol";

/// @dev An aggregator that knows ERC-7540 with request id 0 and one asset, sends no ether, and is owner, controller and
/// receiver at once.
contract AggregatorNode {
    IERC7575 private immutable _component;
    IERC20 private immutable _asset;
    IERC20 private immutable _share;

    constructor(IERC7575 component) {
        _component = component;
        (_asset, _share) = (IERC20(component.asset()), IERC20(component.share()));
    }

    function invest(uint256 assets) external returns (uint256 requestId) {
        _asset.approve(address(_component), assets);
        return IERC7540Deposit(address(_component)).requestDeposit(assets, address(this), address(this));
    }

    function mintClaimable() external returns (uint256 shares) {
        shares = _component.maxMint(address(this));
        IERC7540Deposit(address(_component)).mint(shares, address(this), address(this));
    }

    function divest(uint256 shares) external returns (uint256 requestId) {
        _share.approve(address(_component), shares);
        return IERC7540Redeem(address(_component)).requestRedeem(shares, address(this), address(this));
    }

    function withdrawClaimable() external returns (uint256 assets) {
        assets = _component.maxWithdraw(address(this));
        _component.withdraw(assets, address(this), address(this));
    }

    /// @dev The value of its stake, as such aggregators count it.
    function invested() external view returns (uint256) {
        IERC7540Deposit deposits = IERC7540Deposit(address(_component));
        IERC7540Redeem redemptions = IERC7540Redeem(address(_component));
        uint256 shares = _share.balanceOf(address(this)) + redemptions.pendingRedeemRequest(0, address(this))
            + redemptions.claimableRedeemRequest(0, address(this));
        return _component.convertToAssets(shares) + deposits.pendingDepositRequest(0, address(this))
            + deposits.claimableDepositRequest(0, address(this));
    }
}
